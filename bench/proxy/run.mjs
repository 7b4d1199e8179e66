// The cost of healflow's proxy for a healthy call, compared with a relay that only copies bytes. Run `npm run build` first.
//   node bench/proxy/run.mjs            prints the figures
//   node bench/proxy/run.mjs --write    and writes them to bench/proxy/results.json
import { join } from 'node:path';
import { median, rounded } from '../harness/numbers.mjs';
import { inProcesses } from '../harness/processes.mjs';
import { mark, report } from '../harness/report.mjs';

const processes = 3;
const sizes = [
  { name: '100 B', bytes: 100, rounds: 5, alone: 2_000, together: 20_000 },
  { name: '1 KB', bytes: 1_024, rounds: 7, alone: 2_000, together: 20_000 },
  { name: '100 KB', bytes: 102_400, rounds: 5, alone: 300, together: 1_500 },
];
const program = (name) => join(import.meta.dirname, name);

/** The median over all rounds of one figure: of each relay, and of the ratio in each round. */
const compared = (seen, figure) => {
  const of = (name) => seen[name].map((round) => round[figure]);
  const ratios = of('healflow').map((value, round) => value / of('pipe')[round]);
  return { pipe: median(of('pipe')), healflow: median(of('healflow')), ratio: rounded(median(ratios)) };
};

const rows = [];
for (const { name, bytes, rounds, alone, together } of sizes) {
  const results = await inProcesses(processes, [program('cell.mjs'), bytes, rounds, alone, together].map(String));
  const seen = {
    pipe: results.flatMap(({ pipe }) => pipe),
    healflow: results.flatMap(({ healflow }) => healflow),
  };
  rows.push({
    name,
    p50: compared(seen, 'p50'),
    alone: compared(seen, 'alone'),
    together: compared(seen, 'together'),
  });
}

const growth = [];
for (const tools of [10, 100, 1_000]) growth.push({ tools, us: await costsWith(tools, [1, 10, 100]) });

async function costsWith(tools, opens) {
  const costs = [];
  if (process.platform !== 'linux') return opens.map(() => 'Linux only');
  for (const open of opens) {
    costs.push(rounded(median(await inProcesses(processes, [program('growth.mjs'), String(tools), String(open)]))));
  }
  return costs;
}

const tableOf = (title, figure, digits) => ({
  title,
  head: ['response', 'byte pipe', 'healflow', 'ratio'],
  rows: rows.map((row) => [
    row.name,
    rounded(row[figure].pipe, digits),
    rounded(row[figure].healflow, digits),
    row[figure].ratio,
  ]),
});
const { p50, together } = rows.find(({ name }) => name === '1 KB');
report(program('results.json'), {
  what: `Healthy tools/call over stdio through healflow and through a relay that only copies bytes, in turn; medians over ${processes} processes.`,
  tables: [
    tableOf('Sequential calls: the median time of a call, in us', 'p50', 3),
    tableOf('Sequential calls: calls per second', 'alone', 3),
    tableOf('64 calls always open: calls per second', 'together', 3),
    {
      title: "Growth: CPU time of the proxy's process for a call with a response of 1 KB, in us",
      head: ["tools in the server's list", '1 call open', '10 open', '100 open'],
      rows: growth.map(({ tools, us }) => [tools, ...us]),
    },
  ],
  marks: [
    mark('ratio of p50 of a call of 1 KB to the byte pipe', p50.ratio, { atMost: 1.15, unit: ' x' }),
    mark('ratio of throughput at 64 open, responses of 1 KB, to the byte pipe', together.ratio, {
      atLeast: 0.8,
      unit: ' x',
    }),
  ],
});
