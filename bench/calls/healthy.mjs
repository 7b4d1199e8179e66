// The cost of a call in which nothing fails, compared with a bare call and other libraries. Run `npm run build` first.
//   node bench/calls/healthy.mjs            prints the figures
//   node bench/calls/healthy.mjs --write    and writes them to bench/calls/healthy.json
import { join } from 'node:path';
import { median, rounded } from '../harness/numbers.mjs';
import { inProcesses, run } from '../harness/processes.mjs';
import { mark, report } from '../harness/report.mjs';
import { judge } from './contenders.mjs';
import { shapes, sizes } from './values.mjs';

const processes = 3;
const manyCalls = 10_000_000;
const here = (file) => join(import.meta.dirname, file);
const bare = 'bare `await`';
const ours = 'healflow `run`';

const isPeer = (name) => name !== bare && name !== judge && !name.startsWith('healflow');

/** Time of one call in ns and its ratio to the bare call, for each contender, and the ratio of the fastest peer to `run`. */
const measured = async (shape, bytes, open) => {
  const seen = await inProcesses(processes, [here('calls.mjs'), shape, String(bytes), String(open)]);
  const over = (ratio) => median(seen.map(ratio));
  const names = Object.keys(seen[0]);
  return {
    ns: Object.fromEntries(names.map((name) => [name, over((ns) => ns[name])])),
    ratio: Object.fromEntries(names.map((name) => [name, over((ns) => ns[name] / ns[bare])])),
    ahead: over((ns) => Math.min(...names.filter(isPeer).map((name) => ns[name])) / ns[ours]),
  };
};

const tableOf = (title, columns) => ({
  title,
  head: ['', ...Object.keys(columns)],
  rows: Object.keys(Object.values(columns)[0].ns).map((name) => [
    name,
    ...Object.values(columns).map(({ ns, ratio }) =>
      name === bare ? `${rounded(ns[name])} ns` : `${rounded(ratio[name])} x`,
    ),
  ]),
});

/** Bounds of the worst column, which is named: they apply to all columns. */
const marksOf = (title, columns) => {
  const entries = Object.entries(columns);
  const [slowest, { ratio }] = entries.toSorted(([, one], [, other]) => other.ratio[ours] - one.ratio[ours])[0];
  const [closest, { ahead }] = entries.toSorted(([, one], [, other]) => one.ahead - other.ahead)[0];
  const named = (column) => (entries.length === 1 ? title : `${title}, at worst ${column}`);
  return [
    mark(`\`run\` to a bare call: ${named(slowest)}`, rounded(ratio[ours]), { atMost: 2.5, unit: ' x' }),
    mark(`the fastest peer to \`run\`: ${named(closest)}`, rounded(ahead), { atLeast: 1, unit: ' x' }),
  ];
};

const byValue = {};
for (const shape of Object.keys(shapes)) {
  byValue[shape] = {};
  for (const [size, bytes] of Object.entries(sizes)) byValue[shape][size] = await measured(shape, bytes, 1);
}
const byOpen = {};
for (const open of [1, 100, 10_000]) {
  byOpen[`${open.toLocaleString('en-US')} open`] = await measured('an object', 100, open);
}
byOpen['10,000 open, JSON text of 1 MB'] = await measured('JSON text', 1_000_000, 10_000);

const growth = await inProcesses(processes, [here('healthy-growth.mjs')]);
const growthOf = (title) => rounded(median(growth.map((ns) => ns[title] / ns['1 tool'])));
const { heap, openBytes } = await run(['--expose-gc', here('heap.mjs'), String(manyCalls)]);
const texts = Object.keys(shapes).filter((shape) => shape !== 'an object');
const textsOf = (size) => Object.fromEntries(texts.map((shape) => [shape, byValue[shape][size]]));

report(here('healthy.json'), {
  what: `One successful call: eight tools in turn that return at once; with more than one open, after all have been called. Medians of ${processes} processes, in each the medians of 3 rounds in turn.`,
  tables: [
    ...Object.keys(shapes).map((shape) => tableOf(`The tool returns ${shape}`, byValue[shape])),
    tableOf('Several calls open at once, the tool returns an object of 100 B', byOpen),
    {
      title: 'Growth: a call of `run` compared with one with one tool, no rules, and no calls before it',
      head: ['', 'ratio'],
      rows: Object.keys(growth[0]).map((title) => [title, `${growthOf(title)} x`]),
    },
    {
      title: 'Memory',
      head: ['', 'MiB or bytes'],
      rows: [
        [
          `heap after 0 to ${manyCalls.toLocaleString('en-US')} calls, by tenths`,
          heap.map((mib) => mib.toFixed(2)).join(' '),
        ],
        ['an open bare call', `${Math.round(openBytes.bare)} B`],
        ['an open call of `run`', `${Math.round(openBytes.healed)} B`],
      ],
    },
  ],
  marks: [
    ...marksOf('objects', byValue['an object']),
    ...Object.keys(sizes).flatMap((size) => marksOf(`texts of ${size}`, textsOf(size))),
    ...Object.entries(byOpen)
      .slice(1)
      .flatMap(([title, column]) => marksOf(title, { [title]: column })),
    mark(
      `growth of the heap from the second tenth of ${manyCalls.toLocaleString('en-US')} calls to the last`,
      rounded(heap[10] - heap[2], 2),
      {
        atMost: 0.2,
        unit: ' MiB',
      },
    ),
  ],
});
