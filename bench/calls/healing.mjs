// The cost of a healing beyond its fix, compared with a bare actor in the same states. About four minutes. Run `npm run build` first.
//   node bench/calls/healing.mjs            prints the figures
//   node bench/calls/healing.mjs --write    and writes them to bench/calls/healing.json
import { join } from 'node:path';
import { median, rounded } from '../harness/numbers.mjs';
import { inProcesses, run } from '../harness/processes.mjs';
import { mark, report } from '../harness/report.mjs';

const processes = 3;
const rounds = ['400', '1000'];
const here = (file) => join(import.meta.dirname, file);
const us = (value) => `${rounded(value)} us`;
const ms = (value) => `${rounded(value / 1_000)} ms`;
const times = (value) => `${rounded(value)} x`;

/** Medians over the processes: of a subject's time, and of its ratio to another within each process. */
const summed = (seen) => ({
  names: Object.keys(seen[0]),
  us: (name) => median(seen.map((one) => one[name])),
  fastest: (name) => Math.min(...seen.map((one) => one[name])),
  ratio: (name, to) => median(seen.map((one) => one[name] / one[to])),
  beyond: (name, to) => median(seen.map((one) => one[name] - one[to])),
});
const group = async (name) => summed(await inProcesses(processes, [here('costs.mjs'), name, ...rounds]));

const titles = {
  bareService: 'the bare actor, services of `fromService`',
  barePromise: "the bare actor, services of XState's `fromPromise`",
  lazy: 'healed, as in use: started lazily, with the log',
  unlogged: 'healed without the log (built by hand: there is no option for it)',
  eager: 'healed, started eagerly, with the log',
  unhealed: 'a failure without a fix, with the log',
};
const unwatched = await group('unwatched');
const watched = await group('watched');
const stately = await group('stately');
const first = summed(await inProcesses(5, [here('healing-first.mjs')]));
const prepared = summed(await inProcesses(5, [here('healing-first.mjs'), 'prepared']));
const growths = await inProcesses(2, [here('healing-growth.mjs')]);
const learning = summed(await inProcesses(processes, [here('healing-learning.mjs'), '1000']));
const memory = await run(['--expose-gc', here('healing-memory.mjs')]);

const growthRow = (title, name) => {
  const { names, us: usOf, ratio } = summed(growths.map((one) => one[name]));
  return [title, ...names.map((amount) => `${amount}: ${us(usOf(amount))}`), times(ratio(names.at(-1), names[0]))];
};

report(here('healing.json'), {
  what: `One healing with a fix that takes no time, ${rounds[1]} of each kind in turn, timed one by one with a turn of the event loop between; medians of ${processes} processes.`,
  tables: [
    {
      title: 'Unwatched',
      head: ['', 'one run', 'compared with the bare actor'],
      rows: ['bareService', 'barePromise', 'unlogged', 'lazy', 'eager', 'unhealed'].map((name) => [
        titles[name],
        us(unwatched.us(name)),
        times(unwatched.ratio(name, 'bareService')),
      ]),
    },
    {
      title: 'Watched: what the caller waits for',
      head: ['', 'one run', 'compared with unwatched'],
      rows: [
        ['a viewer at our inspector', us(watched.us('viewed')), times(watched.ratio('viewed', 'lazy'))],
        ['`@statelyai/inspect`', us(stately.us('stately')), times(stately.ratio('stately', 'lazy'))],
      ],
    },
    {
      title: 'The first healings of a process, in CPU time',
      head: ['', 'first', 'second', 'tenth', '1,000th'],
      rows: [
        ['without preparation', ...['first', 'second', 'tenth', 'last'].map((name) => ms(first.us(name)))],
        [
          `after \`healer.prepare()\`, which takes ${ms(prepared.us('prepared'))}`,
          ...['first', 'second', 'tenth', 'last'].map((name) => ms(prepared.us(name))),
        ],
      ],
    },
    {
      title: 'One healing as other things grow',
      head: ['', 'few', 'more', 'many', 'many compared with few'],
      rows: [
        growthRow('healings at once that share one fix', 'atOnceShared'),
        growthRow('healings at once, each with a fix of its own', 'atOnceOwn'),
        growthRow('configured tools', 'tools'),
        growthRow('healings before', 'earlier'),
      ],
    },
    {
      title: 'With ten lessons at work that do not match, in CPU time',
      head: ['', 'no lessons', 'ten lessons'],
      rows: [
        ['healed', us(learning.us('healed')), us(learning.us('healedWithTen'))],
        ['a failure without a fix', us(learning.us('failed')), us(learning.us('failedWithTen'))],
      ],
    },
    {
      title: 'Memory',
      head: ['', 'bytes'],
      rows: [
        ['a healing in flight, started lazily', String(Math.round(memory.lazy))],
        ['a healing in flight, started eagerly', String(Math.round(memory.eager))],
        ['a finished run that our inspector keeps', String(Math.round(memory.kept))],
      ],
    },
  ],
  marks: [
    mark('what ten lessons add to a healing', rounded(learning.beyond('healedWithTen', 'healed')), {
      atMost: 30,
      unit: ' us',
    }),
    mark('a healing beyond its fix, with the log', rounded(unwatched.us('lazy')), { atMost: 150, unit: ' us' }),
    mark('the same compared with the bare actor', rounded(unwatched.ratio('lazy', 'bareService')), {
      atMost: 1.25,
      unit: ' x',
    }),
  ],
});
