// Many real processes, and how long a call takes beyond its fix.
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../../harness/numbers.mjs';
import { mark } from '../../harness/report.mjs';
import { sent, startMachines } from '../machines.mjs';
import { isHealed, killAll, makeToken, startAll, startMember } from '../members.mjs';

const fixMs = 200;
/** How long the rounds of many processes may take together, in ms: on a busy machine there are fewer. */
const maxMs = 360_000;

/** Measures rounds in which one token of all processes has expired. */
export const measureProcesses = async ({ url, mostBackends }, { folder, isQuick }) => {
  const [machines, processes, rounds] = isQuick ? [4, 3, 3] : [20, 10, 20];
  const token = makeToken(folder, { takesMs: fixMs });
  const starts = Array.from(
    { length: machines * processes },
    (_, at) => () => startMember(token, { machine: `machine-${at % machines}`, url }),
  );
  const members = await startAll(starts, { warmedBy: token });
  const seen = [];
  const { most } = await mostBackends(async () => {
    const until = performance.now() + maxMs;
    for (let round = 0; round < rounds && performance.now() < until; round += 1) {
      token.expire();
      const outcomes = await Promise.all(members.map((member) => member.ask()));
      seen.push({ outcomes, runs: token.starts().length });
      // A failure that begins in the very millisecond in which the last run has ended would be its own.
      await sleep(5);
    }
  });
  await killAll(members);
  const times = seen.flatMap(({ outcomes }) => outcomes.map((outcome) => (outcome?.ms ?? 0) - fixMs));
  const failed = seen.flatMap(({ outcomes }) => outcomes.filter((outcome) => !isHealed(outcome)));
  if (failed.length > 0) console.error(`one that was not healed: ${JSON.stringify(failed[0])}`);
  const mostRuns = Math.max(...seen.map(({ runs }) => runs));
  return {
    what: `${machines * processes} processes on ${machines} machines (state folders) fail together, ${seen.length} times; one command of ${fixMs / 1_000} s renews their token. PgBouncer has 20 server connections.`,
    tables: [
      {
        head: ['calls', 'healed', 'most runs of a round', 'backends', 'beyond the fix, p50', 'p99'],
        rows: [
          [
            times.length,
            times.length - failed.length,
            mostRuns,
            most,
            `${Math.round(quantile(times, 0.5))} ms`,
            `${Math.round(quantile(times, 0.99))} ms`,
          ],
        ],
      },
    ],
    marks: [
      mark('most runs of a round', mostRuns, { atMost: 1 }),
      mark('rounds without exactly one run', seen.filter(({ runs }) => runs !== 1).length, { atMost: 0 }),
      mark('rounds', seen.length, { atLeast: rounds }),
      mark('backends of the database', most, { atMost: 20 }),
      mark('calls that were not healed', failed.length, { atMost: 0 }),
    ],
  };
};

/** Rounds of machines in this process: times beyond the fix, and statements. */
const rounds = async ({ url }, folder, { machines, processes, times }) => {
  const rules = { cooldownMs: 0, budget: { runs: 1_000, windowMs: 3_600_000 } };
  const fleet = startMachines(folder, { url, machines, processes, fixMs, rules });
  const beyond = [];
  const statements = [];
  let mostRuns = 0;
  for (let round = 0; round <= times; round += 1) {
    await sleep(20);
    const [statementsBefore, runsBefore] = [sent.statements, fleet.runs.by.length];
    const calls = await fleet.callAll();
    if (calls.some(({ status }) => status !== 'succeeded'))
      throw new Error(`a call ended as ${JSON.stringify(calls[0])}`);
    // The first round connects.
    if (round === 0) continue;
    const fixTook = fleet.fixTimes.at(-1);
    beyond.push(...calls.map(({ ms }) => ms - fixTook));
    statements.push((sent.statements - statementsBefore) / machines);
    mostRuns = Math.max(mostRuns, fleet.runs.by.length - runsBefore);
  }
  await fleet.close();
  return {
    p50: Math.round(quantile(beyond, 0.5)),
    p99: Math.round(quantile(beyond, 0.99)),
    statements: Math.round(10 * Math.max(...statements)) / 10,
    mostRuns,
  };
};

/** Measures how long calls take beyond the fix. */
export const measureLatency = async (databases, { folder, isQuick }) => {
  const times = isQuick ? 3 : 20;
  const sizes = [
    { machines: 10, processes: 2, times, atMost: 500 },
    { machines: 50, processes: 2, times, atMost: 1_200 },
  ];
  const rows = [];
  const marks = [];
  for (const size of sizes) {
    const name = `${size.machines} machines x ${size.processes}`;
    const { p50, p99, statements, mostRuns } = await rounds(databases, folder, size);
    rows.push([name, mostRuns, `${p50} ms`, `${p99} ms`, statements]);
    marks.push(
      mark(`${name}: beyond the fix, p99`, p99, { atMost: size.atMost, unit: ' ms' }),
      mark(`${name}: statements of a machine in a round`, statements, { atMost: 15 }),
    );
  }
  return {
    what: `All machines fail together, ${times} times, with a fix of ${fixMs / 1_000} s; all of them are in one process, through PgBouncer. Statements are those of the worst round, with those that begin and end transactions.`,
    tables: [{ head: ['', 'most runs of a round', 'beyond the fix, p50', 'p99', 'statements'], rows }],
    marks,
  };
};
