// The same scenes with healflow and with what a user would write: BullMQ on Redis, and advisory locks of sessions.
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../../harness/numbers.mjs';
import { mark } from '../../harness/report.mjs';
import { isHealed, killAll, makeToken, startAll, until } from '../members.mjs';
import { connectionsTo, makeStages } from '../stages.mjs';

const machines = 4;
const frozenMs = 10_000;
const idleMs = 5_000;
/** How long a round may take, in ms. */
const deadlineMs = 15_000;

/** The most commands that were at work at once in a round. */
const mostAtOnce = (runs) => {
  let [now, most] = [0, 0];
  for (const { what } of runs) {
    if (what === 'start') now += 1;
    if (what === 'end') now -= 1;
    most = Math.max(most, now);
  }
  return most;
};

let rounds = 0;
const callAll = (members) => {
  rounds += 1;
  return members.map((member) => member.ask({ round: rounds, deadlineMs }));
};
const notHealed = async (calls) => (await Promise.all(calls)).filter((outcome) => !isHealed(outcome)).length;

/** Waits until the fix runs; throws if it never does. */
const begun = async (token) => {
  const limit = performance.now() + deadlineMs;
  await until(() => token.starts().length > 0 || performance.now() > limit);
  if (token.starts().length === 0) throw new Error('the fix has not been run');
  await sleep(150);
};

/** Ends commands that have outlasted those that ran them. */
const endCommands = (token) => {
  for (const { pid } of token.starts()) {
    try {
      process.kill(pid);
    } catch {
      // It has ended.
    }
  }
};

const startMembers = ({ start }, token, names, isWarm = true) =>
  startAll(
    names.map((name) => () => start(token, name)),
    { warmedBy: isWarm ? token : undefined },
  );
const machineNames = (count) => Array.from({ length: count }, (_, at) => `machine-${at}`);

/** Rounds in which all fail together; `during` happens while the fix runs. */
const playRounds = async (stage, folder, times, takesMs, during) => {
  const token = makeToken(folder, { takesMs });
  const members = await startMembers(stage, token, machineNames(machines));
  const seen = [];
  for (let time = 0; time < times; time += 1) {
    token.expire();
    const calls = callAll(members);
    if (during !== undefined) {
      await begun(token);
      await during();
    }
    const failed = await notHealed(calls);
    await stage.settled();
    seen.push({ runs: token.starts().length, atOnce: mostAtOnce(token.runs()), failed });
    await sleep(50);
  }
  await killAll(members);
  endCommands(token);
  return {
    runs: seen.map(({ runs }) => runs),
    atOnce: Math.max(...seen.map(({ atOnce }) => atOnce)),
    failed: seen.reduce((sum, { failed }) => sum + failed, 0),
  };
};

const killRounds = async (stage, folder, times) => {
  const token = makeToken(folder, { takesMs: 20, firstMs: 60_000 });
  const spares = await startMembers(stage, token, machineNames(times + 2));
  const members = spares.splice(0, 2);
  const takeOvers = [];
  let [beside, failed] = [0, 0];
  for (let time = 0; time < times; time += 1) {
    members.push(spares.shift());
    token.expire();
    const calls = callAll(members);
    await begun(token);
    const [{ parent }] = token.starts();
    const holder = members.findIndex(({ child }) => child.pid === parent);
    const [victim] = members.splice(holder, 1);
    calls.splice(holder, 1);
    const killedAt = Date.now();
    await victim.kill();
    failed += await notHealed(calls);
    takeOvers.push((token.starts()[1]?.at ?? Number.POSITIVE_INFINITY) - killedAt);
    beside += token.beside();
    endCommands(token);
  }
  await killAll(members);
  return { takeOvers, beside, failed };
};

/** Freezes a holder; whether another one runs the fix meanwhile. */
const freeze = async (stage, folder) => {
  const token = makeToken(folder, { takesMs: 20, firstMs: 60_000 });
  const members = await startMembers(stage, token, machineNames(3));
  callAll(members);
  await begun(token);
  const [{ parent }] = token.starts();
  members.find(({ child }) => child.pid === parent).child.kill('SIGSTOP');
  await sleep(frozenMs);
  const second = token.starts().length - 1;
  await killAll(members);
  endCommands(token);
  return { second };
};

/** Commands a second of one idle process, and its connections. */
const idle = async (stage, folder) => {
  const token = makeToken(folder, { takesMs: 20 });
  const members = await startMembers(stage, token, machineNames(machines), false);
  await sleep(1_000);
  const before = await stage.commands();
  await sleep(idleMs);
  const after = await stage.commands();
  const connections = connectionsTo(stage.port) / machines;
  await killAll(members);
  return { perSecond: (after - before) / machines / (idleMs / 1_000), connections };
};

const show = (numbers) => {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return least === most ? String(least) : `${least}-${most}`;
};
const seconds = (ms) => {
  if (ms < 0) return 'ran before the kill';
  return Number.isFinite(ms) ? `${(ms / 1_000).toFixed(1)} s` : 'never';
};
const oneDigit = (value) => String(Math.round(10 * value) / 10);

const rowsOf = {
  'all fail together: runs of a round': ({ healthy }) => show(healthy.runs),
  'runs at once': ({ healthy }) => healthy.atOnce,
  'calls not healed': ({ healthy }) => healthy.failed,
  'holder killed: taken over after, median': ({ killed }) => seconds(median(killed.takeOvers)),
  'taken over after, maximum': ({ killed }) => seconds(Math.max(...killed.takeOvers)),
  'runs beside the old command': ({ killed }) => killed.beside,
  'calls of the others not healed': ({ killed }) => killed.failed,
  'holder frozen for 10 s: second runs': ({ frozen }) => frozen.second,
  'server restarted hard: runs of a round': ({ restarted }) => show(restarted.runs),
  'runs at once ': ({ restarted }) => restarted.atOnce,
  'calls not healed ': ({ restarted }) => restarted.failed,
  'idle: commands per second and process': ({ idle: cost }) => oneDigit(cost.perSecond),
  'idle: connections of a process': ({ idle: cost }) => oneDigit(cost.connections),
};

/** Compares healflow with what a user would write. All contenders play a scene at the same time, on servers of their own. */
export const measureCompare = async (databases, { folder, isQuick }) => {
  const [healthyRounds, killTimes, restarts] = isQuick ? [2, 1, 1] : [10, 4, 4];
  const stages = await makeStages(databases, folder);
  const seen = new Map(stages.map((stage) => [stage.name, {}]));
  const scenes = {
    // First: statements of other scenes are counted some time after them.
    idle: (stage) => idle(stage, folder),
    healthy: (stage) => playRounds(stage, folder, healthyRounds, 200),
    killed: (stage) => killRounds(stage, folder, killTimes),
    frozen: (stage) => freeze(stage, folder),
    restarted: (stage) => playRounds(stage, folder, restarts, 1_000, stage.restart),
  };
  try {
    for (const [scene, play] of Object.entries(scenes)) {
      await Promise.all(
        stages.map(async (stage) => {
          seen.get(stage.name)[scene] = await play(stage);
        }),
      );
    }
  } finally {
    await Promise.all(stages.map((stage) => stage.close()));
  }
  const ours = seen.get('healflow');
  return {
    what: `${machines} machines whose processes share one fix, with three ways to share it. ${healthyRounds} rounds in which all fail together, ${killTimes} holders killed, one frozen, ${restarts} restarts of the server by force; bench/fleet/contenders has the other two.`,
    tables: [
      {
        head: ['', ...seen.keys()],
        rows: Object.entries(rowsOf).map(([name, of]) => [name.trim(), ...[...seen.values()].map(of)]),
      },
    ],
    marks: [
      mark(
        'healflow: most runs of a round, with and without a restart',
        Math.max(...ours.healthy.runs, ...ours.restarted.runs),
        { atMost: 1 },
      ),
      mark('healflow: calls not healed', ours.healthy.failed + ours.killed.failed + ours.restarted.failed, {
        atMost: 0,
      }),
      mark('healflow: commands of an idle process', ours.idle.perSecond, { atMost: 0, unit: '/s' }),
    ],
  };
};
