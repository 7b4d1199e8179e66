// What a fleet costs while nothing fails, and where it is not used.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median } from '../../harness/numbers.mjs';
import { run } from '../../harness/processes.mjs';
import { mark } from '../../harness/report.mjs';
import { withClient } from '../databases.mjs';
import { isHealed, killAll, makeToken, startAll, startMember } from '../members.mjs';

/** Connections that were ever made to the database, and those that are open. Asked from another database. */
const sessionsSql = `select (select sessions::int from pg_stat_database where datname = 'fleet') as made,
  (select count(*)::int from pg_stat_activity where datname = 'fleet' and backend_type = 'client backend') as open`;

/** Measures what idle processes do to the database: before anything fails, and after a healing. */
export const measureIdle = async ({ server, directUrl }, { folder, isQuick }) => {
  const [processes, idleMs] = isQuick ? [2, 4_000] : [10, 5_000];
  const sessions = async () => (await withClient(server.url(), (client) => client.query(sessionsSql))).rows[0];
  const token = makeToken(folder, { takesMs: 50 });
  const starts = Array.from(
    { length: processes },
    (_, at) => () => startMember(token, { machine: `machine-${at}`, url: directUrl }),
  );
  const watch = async (work) => {
    const before = await sessions();
    await work();
    await sleep(idleMs);
    // The statistics of a connection arrive a second after it.
    await sleep(1_200);
    const after = await sessions();
    return { made: after.made - before.made, open: after.open };
  };
  const members = [];
  const heal = async () => {
    token.expire();
    const outcomes = await Promise.all(members.map((member) => member.ask()));
    if (!outcomes.every(isHealed)) throw new Error(`not healed: ${JSON.stringify(outcomes)}`);
  };
  const fresh = await watch(async () => {
    token.refresh();
    members.push(...(await startAll(starts)));
    for (let call = 0; call < 10; call += 1) await Promise.all(members.map((member) => member.ask()));
  });
  const healing = await watch(heal);
  const later = await watch(async () => {});
  await killAll(members);
  const row = (name, { made, open }) => [name, made, open];
  return {
    what: `${processes} processes on ${processes} machines, connected directly. Connections are those that were made in the ${idleMs / 1_000} s or more of each row, and those open at its end; without a connection there is no statement.`,
    tables: [
      {
        head: ['', 'connections made', 'open at its end'],
        rows: [
          row('after the start and 10 healthy calls each', fresh),
          row('a healing, and the copying of its events', healing),
          row('after that', later),
        ],
      },
    ],
    marks: [
      mark('idle: connections made', fresh.made + later.made, { atMost: 0 }),
      mark('idle: open connections', fresh.open + later.open, { atMost: 0 }),
    ],
  };
};

const program = fileURLToPath(new URL('../programs/healthy.mjs', import.meta.url));

/** Measures a healthy call, and a healing whose fix is shared on one machine alone, with and without a fleet. */
export const measureHealthy = async ({ url }, { folder, isQuick }) => {
  const [processes, callRounds, healingRounds] = isQuick ? [1, 20, 20] : [3, 150, 150];
  const seen = [];
  for (let process_ = 0; process_ < processes; process_ += 1) {
    const options = { folder: join(folder, `healthy-${process_}`), callRounds, healingRounds };
    seen.push(
      await run([program, JSON.stringify(options)], { env: { ...process.env, NODE_NO_WARNINGS: '1', FLEET_URL: url } }),
    );
  }
  const figures = (of) => {
    const medians = seen.map((one) => ({ with: median(of(one).with), without: median(of(one).without) }));
    return {
      with: median(medians.map((one) => one.with)),
      without: median(medians.map((one) => one.without)),
      ratio: Math.round(1_000 * median(medians.map((one) => one.with / one.without))) / 1_000,
    };
  };
  const calls = figures((one) => one.calls);
  const healings = figures((one) => one.healings);
  return {
    what: `A healthy call, and a healing by a command that does nothing and is shared on one machine alone, by files; in a process with a fleet configured and without, in turn. Medians of ${processes} processes.`,
    tables: [
      {
        head: ['', 'without a fleet', 'with one', 'ratio'],
        rows: [
          ['healthy call', `${Math.round(calls.without)} ns`, `${Math.round(calls.with)} ns`, calls.ratio],
          [
            'healing, files only',
            `${healings.without.toFixed(2)} ms`,
            `${healings.with.toFixed(2)} ms`,
            healings.ratio,
          ],
        ],
      },
    ],
    marks: [
      mark('healthy call: ratio with a fleet to without', calls.ratio, { atMost: 1.02 }),
      mark('healing, files only: ratio with a fleet to without', healings.ratio, { atMost: 1.02 }),
    ],
  };
};
