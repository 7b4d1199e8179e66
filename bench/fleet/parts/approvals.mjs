// Approvals: they outlast all processes, and are used once.
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../../dist/src/clock.js';
import { FleetDatabase } from '../../../dist/src/fleet/database.js';
import { FleetApprovals } from '../../../dist/src/fleet/fleet-approvals.js';
import { databaseSettings } from '../../../dist/src/fleet/settings.js';
import { mark } from '../../harness/report.mjs';
import { isHealed, makeToken, startAll, startMember } from '../members.mjs';

const atOnce = 200;
const machines = 20;
const decide = 'select healflow.decide_approval(id, true, null) from healflow.approvals where state = $1';
const count = 'select count(*)::int as rows from healflow.approvals where state = $1';

/** 200 ask at once, an approver decides, and 200 use it at once. */
const race = async ({ url, as }, rounds) => {
  const databases = Array.from({ length: machines }, (_, at) => {
    const machine = { id: `machine-${at}`, host: 'host', version: '0' };
    return new FleetDatabase({ settings: () => databaseSettings(url), clock: systemClock, machine });
  });
  const stores = databases.map(
    (database, at) =>
      new FleetApprovals({
        database,
        clock: systemClock,
        machine: `machine-${at}`,
        holder: 'process',
        redact: (text) => text,
      }),
  );
  const all = (work) => Promise.all(Array.from({ length: atOnce }, (_, at) => work(stores[at % machines], at)));
  const wait = () => ({ remainingMs: 45_000, cancels: new AbortController().signal });
  const seen = [];
  for (let round = 0; round < rounds; round += 1) {
    const texts = { key: 'host:vpn_connect:default', action: 'restarts', tool: 'tool', reason: 'it is down' };
    const question = { identity: `race-${round}`, digest: 'what would run', ...texts };
    await all((store) => store.ask(question, wait()));
    const [{ rows: questions }] = await as('fleet_approver', count, ['pending']);
    await as('fleet_approver', decide, ['pending']);
    const used = await all((store, at) => store.use(question, `run-${at}`, wait()));
    seen.push({ questions, grants: used.filter(({ state }) => state === 'granted').length });
  }
  await Promise.all(databases.map((database) => database.close()));
  return seen;
};

/** Processes ask and end; then an approver decides; then others run the fix, and their token expires once more. */
const outlast = async ({ url, as }, folder, rounds) => {
  const fix = { mode: 'ask' };
  const seen = [];
  for (let round = 0; round < rounds; round += 1) {
    const token = makeToken(folder, { takesMs: 50 });
    const start = () =>
      startAll(['a', 'a', 'b', 'c'].map((machine) => () => startMember(token, { machine: `${machine}`, url, fix })));
    const callAll = async (members) => {
      const outcomes = await Promise.all(members.map((member) => member.ask()));
      return {
        pending: outcomes.filter((outcome) => outcome?.code === 'APPROVAL_PENDING').length,
        healed: outcomes.filter(isHealed).length,
      };
    };
    const askers = await start();
    const asked = await callAll(askers);
    await Promise.all(askers.map((member) => member.finish()));
    await as('fleet_approver', decide, ['pending']);
    const users = await start();
    const used = await callAll(users);
    const runs = token.starts().length;
    token.expire();
    await sleep(20);
    const later = await callAll(users);
    await Promise.all(users.map((member) => member.finish()));
    // The last question is not of the next round.
    await as('fleet_approver', decide.replace('true', 'false'), ['pending']);
    seen.push({
      asked: asked.pending,
      healed: used.healed,
      runs,
      later: later.pending,
      laterRuns: token.starts().length,
    });
  }
  return seen;
};

/** Measures approvals. */
export const measureApprovals = async (databases, { folder, isQuick }) => {
  const [races, rounds] = isQuick ? [2, 1] : [10, 3];
  const raced = await race(databases, races);
  const lived = await outlast(databases, folder, rounds);
  const total = (all, of) => all.reduce((sum, one) => sum + of(one), 0);
  const most = (all, of) => Math.max(...all.map(of));
  const calls = 4 * rounds;
  return {
    what: `${atOnce} ask at once and later ${atOnce} use the approval at once, from ${machines} machines, ${races} times. And 4 processes ask and end, an approver decides, and 4 new ones call, ${rounds} times; then their token expires once more.`,
    tables: [
      {
        title: `${atOnce} at once`,
        head: ['rounds', 'most questions of a round', 'most grants of an approval'],
        rows: [[races, most(raced, ({ questions }) => questions), most(raced, ({ grants }) => grants)]],
      },
      {
        title: 'Every process ends between the question and the decision',
        head: [
          'calls that asked',
          'of new processes: healed',
          'most runs of an approval',
          'that asked again',
          'runs without an approval',
        ],
        rows: [
          [
            `${total(lived, ({ asked }) => asked)} of ${calls}`,
            `${total(lived, ({ healed }) => healed)} of ${calls}`,
            most(lived, ({ runs }) => runs),
            `${total(lived, ({ later }) => later)} of ${calls}`,
            total(lived, ({ laterRuns }) => laterRuns),
          ],
        ],
      },
    ],
    marks: [
      mark('approvals that were not granted exactly once', raced.filter(({ grants }) => grants !== 1).length, {
        atMost: 0,
      }),
      mark(
        'most questions of one fix',
        most(raced, ({ questions }) => questions),
        { atMost: 1 },
      ),
      mark(
        'approvals that did not outlast their processes, or ran more than once',
        lived.filter(({ runs, healed }) => runs !== 1 || healed !== 4).length,
        { atMost: 0 },
      ),
      mark(
        'runs without an approval',
        total(lived, ({ laterRuns }) => laterRuns),
        { atMost: 0 },
      ),
    ],
  };
};
