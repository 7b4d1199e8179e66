// What a fleet does while its pooler or its server is restarted, lost or frozen, and if the clocks of its machines differ.
import { mark } from '../../harness/report.mjs';
import { mostOfOneMachine, startMachines } from '../machines.mjs';

const machines = 4;
const processes = 3;
/** How many fleets meet the same outage if it lasts for seconds: of each kind. */
const together = 5;
const nowhere = 'postgres://app@127.0.0.1:1/fleet';

const seconds = (ms) => `${(ms / 1_000).toFixed(1)} s`;

/** What became of one fleet. */
const summary = (fleet, calls, { refuses = false } = {}) => ({
  ok: calls.filter(({ status }) => status === 'succeeded').length,
  late: calls.filter(({ isInTime }) => !isInTime).length,
  refused: calls.filter(({ code }) => code === 'FLEET_LOST').length,
  asTold: calls.filter(({ status, code }) => status === 'succeeded' || (refuses && code === 'FLEET_LOST')).length,
  runs: fleet.runs.by.length,
  atOnce: fleet.runs.mostAtOnce,
  ofOneMachine: mostOfOneMachine(fleet.runs),
  slowestMs: Math.max(...calls.map(({ ms }) => ms)),
});

/** Has all callers of fleets call, does something while their fixes run, and sums each of them up. */
const play = async (fleets, during = async () => {}) => {
  const calls = fleets.map(({ fleet }) => fleet.callAll());
  await during();
  const seen = await Promise.all(calls.map(async (ended, at) => summary(fleets[at].fleet, await ended, fleets[at])));
  await Promise.all(fleets.map(({ fleet }) => fleet.close()));
  return seen;
};

const scenesOf = ({ url, server, pooler, poolerAnswers }, folder) => {
  const fleet = (more = {}) => ({ fleet: startMachines(folder, { url, machines, processes, ...more }) });
  const both = (more) => [
    ...Array.from({ length: together }, () => fleet(more)),
    ...Array.from({ length: together }, () => ({
      ...fleet({ ...more, rules: { whenLost: 'refuse' } }),
      refuses: true,
    })),
  ];
  const begun = (fleets) => Promise.all(fleets.map(({ fleet: one }) => one.begun(1)));
  const one = async (more, hit) => {
    const fleets = [fleet(more)];
    return play(fleets, async () => {
      if (hit === undefined) return;
      await begun(fleets);
      await hit();
    });
  };
  return {
    healthy: { play: () => one({ fixMs: 300 }), runs: 1 },
    'pooler killed and restarted': {
      play: async () => {
        const seen = await one({}, async () => {
          await pooler.kill();
          await pooler.start();
        });
        await poolerAnswers();
        return seen;
      },
      runs: 1,
    },
    'server restarted hard': {
      play: async () => {
        const seen = await one({}, async () => {
          await server.crash();
          await server.start();
        });
        await poolerAnswers();
        return seen;
      },
      runs: 1,
    },
    'server gone for good': {
      play: async () => {
        const fleets = both({});
        const seen = await play(fleets, async () => {
          await begun(fleets);
          await server.crash();
        });
        await server.start();
        await poolerAnswers();
        return seen;
      },
      runs: machines,
      refused: 1,
    },
    'server down before': { play: () => play(both({ url: nowhere, fixMs: 300 })), runs: machines, refused: 0 },
    'server frozen': {
      play: async () => {
        pooler.signal('SIGSTOP');
        try {
          return await play(both({ fixMs: 300, deadlineMs: 6_000 }));
        } finally {
          pooler.signal('SIGCONT');
          await poolerAnswers();
        }
      },
      runs: machines,
      refused: 0,
    },
  };
};

const sum = (all, of) => all.reduce((total, one) => total + of(one), 0);
const most = (all, of) => Math.max(...all.map(of));

/** Plays a scene until so many fleets of each kind have been through it. */
const repeat = async ({ play: playOnce }, times) => {
  const seen = { free: [], strict: [] };
  while (seen.free.length < times) {
    const fleets = await playOnce();
    const free = fleets.length === 1 ? fleets : fleets.slice(0, together);
    seen.free.push(...free);
    seen.strict.push(...fleets.slice(free.length));
  }
  return seen;
};

const rowOf = (name, all) => [
  name,
  `${sum(all, ({ ok }) => ok)} of ${all.length * machines * processes}`,
  sum(all, ({ refused }) => refused),
  sum(all, ({ late }) => late),
  `${Math.min(...all.map(({ runs }) => runs))}-${most(all, ({ runs }) => runs)}`,
  most(all, ({ ofOneMachine }) => ofOneMachine),
  most(all, ({ atOnce }) => atOnce),
  seconds(most(all, ({ slowestMs }) => slowestMs)),
];
const head = [
  '',
  'calls that succeeded',
  'refused',
  'calls after their deadline',
  'runs',
  'of one machine',
  'at once',
  'slowest call',
];

const marksOf = (name, { free, strict }, { runs, refused }) => {
  const callers = machines * processes;
  const unanswered = (all) => sum(all, ({ asTold, late }) => callers - asTold + late);
  return [
    mark(`${name}: calls without the result that was promised, or late`, unanswered([...free, ...strict]), {
      atMost: 0,
    }),
    runs === 1
      ? mark(
          `${name}: most runs of a fix`,
          most(free, (one) => one.runs),
          { atMost: 1 },
        )
      : mark(
          `${name}: most runs of one machine`,
          most(free, ({ ofOneMachine }) => ofOneMachine),
          { atMost: 1 },
        ),
    ...(refused === undefined
      ? []
      : [
          mark(
            `${name}, \`refuse\`: most runs that begin without the database`,
            most(strict, (one) => one.runs) - refused,
            { atMost: 0 },
          ),
        ]),
  ];
};

/** Measures the scenes. */
export const measureScenes = async (databases, { folder, isQuick }) => {
  const scenes = scenesOf(databases, folder);
  const times = isQuick ? 2 : 20;
  const rows = [];
  const marks = [];
  for (const [name, scene] of Object.entries(scenes)) {
    const seen = await repeat(scene, times);
    rows.push(rowOf(name, seen.free));
    if (seen.strict.length > 0) rows.push(rowOf(`${name}, \`whenLost: refuse\``, seen.strict));
    marks.push(...marksOf(name, seen, scene));
  }
  return {
    what: `${machines} machines with ${processes} processes each fail together; their fix takes 1 s (0.3 s if nothing happens while it runs). Each scene at least ${times} times; an outage that lasts meets ${together} fleets of each kind at once.`,
    tables: [{ head, rows }],
    marks,
  };
};

/** Measures machines whose clocks are ten minutes apart, beside those whose clocks agree. */
export const measureClocks = async ({ url }, { folder, isQuick }) => {
  const times = isQuick ? 2 : 20;
  const kinds = { 'equal clocks': [0, 0, 0], 'clocks 10 minutes ahead and behind': [0, 600_000, -600_000] };
  const seen = Object.fromEntries(Object.keys(kinds).map((name) => [name, []]));
  for (let time = 0; time < times; time += 1) {
    for (const [name, aheadMs] of Object.entries(kinds)) {
      // Failed, so that the cool-down counts; then a second time within it.
      const fleet = startMachines(folder, { url, machines: 3, processes, fixMs: 100, aheadMs, status: 'failed' });
      const first = await fleet.callAll();
      const later = await fleet.callAll();
      seen[name].push({
        told: first.filter(({ status }) => status === 'failed').length,
        held: later.filter(({ code }) => code === 'FIX_COOLING_DOWN').length,
        runs: fleet.runs.by.length,
      });
      await fleet.close();
    }
  }
  const callers = 3 * processes;
  const rows = Object.entries(seen).map(([name, all]) => [
    name,
    most(all, ({ runs }) => runs),
    `${sum(all, ({ told }) => told)} of ${times * callers}`,
    `${sum(all, ({ held }) => held)} of ${times * callers}`,
  ]);
  const apart = seen['clocks 10 minutes ahead and behind'];
  return {
    what: `3 machines with ${processes} processes each fail twice; their fix fails and has a cool-down of 30 s. ${times} times.`,
    tables: [{ head: ['', 'most runs', 'told that the fix failed', 'then held back by the cool-down'], rows }],
    marks: [
      mark(
        'clocks 10 minutes apart: most runs',
        most(apart, ({ runs }) => runs),
        { atMost: 1 },
      ),
      mark(
        'clocks 10 minutes apart: calls that ignored the run or its cool-down',
        sum(apart, ({ told, held }) => 2 * callers - told - held),
        {
          atMost: 0,
        },
      ),
    ],
  };
};
