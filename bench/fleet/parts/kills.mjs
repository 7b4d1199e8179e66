// Holders of a fix that are killed or frozen.
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../../harness/numbers.mjs';
import { mark } from '../../harness/report.mjs';
import { isHealed, killAll, makeToken, startAll, startMember, until } from '../members.mjs';

const frozenMs = 10_000;
const ms = (value) => `${Math.round(value)} ms`;

/** Kills the holder of a fix again and again; two other machines wait for it. */
const kills = async (url, folder, times) => {
  const token = makeToken(folder, { takesMs: 20, firstMs: 60_000 });
  let names = 0;
  const newMember = () => {
    names += 1;
    return startMember(token, { machine: `machine-${names}`, url });
  };
  // Started before, so that no start disturbs what is measured.
  const spares = await startAll(
    Array.from({ length: times + 2 }, () => newMember),
    { warmedBy: token },
  );
  const members = spares.splice(0, 2);
  const takeOvers = [];
  let [beside, runs, failed] = [0, 0, 0];
  for (let time = 0; time < times; time += 1) {
    members.push(spares.shift());
    token.expire();
    const calls = members.map((member) => ({ member, outcome: member.ask() }));
    await until(() => token.starts().length > 0);
    // The others have to wait for it, not to come after it.
    await sleep(150);
    const [first] = token.starts();
    const holder = members.findIndex(({ child }) => child.pid === first.parent);
    const [victim] = members.splice(holder, 1);
    const killedAt = Date.now();
    const killed = victim.kill();
    for (const { member, outcome } of calls) if (member !== victim && !isHealed(await outcome)) failed += 1;
    await killed;
    const starts = token.starts();
    takeOvers.push(starts.length > 1 ? starts[1].at - killedAt : Number.POSITIVE_INFINITY);
    beside += token.beside();
    runs = Math.max(runs, starts.length);
  }
  await killAll(members);
  return { takeOvers, beside, runs, failed };
};

/** Freezes the holders of several fixes at once, while another machine waits for each. */
const freeze = async (url, folder, fixes) => {
  const tokens = Array.from({ length: fixes }, () => makeToken(folder, { takesMs: 20, firstMs: 60_000 }));
  const config = { deadlineMs: frozenMs };
  const pairs = await Promise.all(
    tokens.map(async (token) => {
      const [holder, waiter] = await startAll([
        () => startMember(token, { machine: 'a', url }),
        () => startMember(token, { machine: 'b', url, config }),
      ]);
      return { token, holder, waiter };
    }),
  );
  for (const { holder } of pairs) void holder.ask();
  await Promise.all(pairs.map(({ token }) => until(() => token.starts().length > 0)));
  for (const { holder } of pairs) holder.child.kill('SIGSTOP');
  const waits = pairs.map(({ waiter }) => waiter.ask());
  await sleep(frozenMs);
  const second = pairs.filter(({ token }) => token.starts().length > 1).length;
  const codes = (await Promise.all(waits)).map((outcome) => outcome?.code);
  await killAll(pairs.flatMap(({ holder, waiter }) => [holder, waiter]));
  return { second, told: codes.filter((code) => code === 'FIX_BUSY').length };
};

/** Measures how soon a fix is taken over, and that it never is from one that is frozen. */
export const measureKills = async ({ url, directUrl }, { folder, isQuick }) => {
  const [timesEach, fixes] = isQuick ? [2, 2] : [25, 5];
  const ways = { 'through PgBouncer': url, directly: directUrl };
  const rows = [];
  const all = [];
  for (const [name, way] of Object.entries(ways)) {
    const { takeOvers, beside, runs, failed } = await kills(way, folder, timesEach);
    all.push({ takeOvers, beside, failed });
    rows.push([name, takeOvers.length, ms(median(takeOvers)), ms(Math.max(...takeOvers)), beside, runs, failed]);
  }
  const frozen = await freeze(url, folder, fixes);
  const total = (of) => all.reduce((sum, one) => sum + of(one), 0);
  return {
    what: 'One of three machines has a fix that takes a minute, and is killed by SIGKILL; or it is frozen by SIGSTOP. The time is that from the kill to the start of the next command.',
    tables: [
      {
        title: 'Holders that are killed',
        head: [
          '',
          'kills',
          'taken over after, median',
          'maximum',
          'beside the old command',
          'runs of a round',
          'calls not healed',
        ],
        rows,
      },
      {
        title: `Holders that are frozen for ${frozenMs / 1_000} s`,
        head: ['fixes', 'second runs', 'calls that were told that it is busy'],
        rows: [[fixes, frozen.second, frozen.told]],
      },
    ],
    marks: [
      mark('killed: taken over after, maximum', Math.round(Math.max(...all.flatMap(({ takeOvers }) => takeOvers))), {
        atMost: 1_000,
        unit: ' ms',
      }),
      mark(
        'killed: runs beside the old command',
        total(({ beside }) => beside),
        { atMost: 0 },
      ),
      mark(
        'killed: calls of the others that were not healed',
        total(({ failed }) => failed),
        { atMost: 0 },
      ),
      mark('frozen: second runs', frozen.second, { atMost: 0 }),
    ],
  };
};
