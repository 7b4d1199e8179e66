// The cost of a diagnosis: `npm run build && npm run bench:diagnosis`. Takes about two minutes.
import { fileURLToPath } from 'node:url';
import { median, rounded } from '../harness/numbers.mjs';
import { inProcesses } from '../harness/processes.mjs';
import { mark, report } from '../harness/report.mjs';

const path = (file) => fileURLToPath(new URL(file, import.meta.url));
const processes = 3;
const us = (value) => `${rounded(value)} us`;
const ms = (value) => `${rounded(value)} ms`;

const runs = await inProcesses(processes, [path('./measure.mjs')]);
/** The median over the processes of one figure, which `pick` selects. */
const of = (pick) => median(runs.map(pick));
const [first] = runs;

const firsts = [];
for (const [name, which] of [
  ['an error with a code', 'withCode'],
  ['an error with text only', 'withWords'],
  ['text that matches no pattern', 'unknown'],
]) {
  const goes = await inProcesses(5, [path('./first.mjs'), which]);
  firsts.push([name, ...['ready', 'diagnosis'].map((part) => ms(median(goes.map((go) => go[part]))))]);
}
const builds = [];
for (const count of [0, 10]) {
  const goes = await inProcesses(3, [path('./build.mjs'), `${count}`]);
  builds.push([count, ms(median(goes.map((go) => go.cpuMs))), ms(median(goes.map((go) => go.ms)))]);
}

/** The ratio of 1 MB to 1 KB, of the worst shape. */
const growth = (part) =>
  rounded(Math.max(...first.healthy.map((_, at) => of(({ healthy }) => healthy[at][part][1] / healthy[at][part][0]))));
report(path('./results.json'), {
  what: 'The cost of deciding whether an output is a failure, and which one.',
  tables: [
    {
      title: `With the patterns that healflow ships, median of ${processes} processes`,
      head: ['what is diagnosed', 'cost'],
      rows: [
        ['a thrown error with a code', us(of(({ withCode }) => withCode))],
        ['a thrown error with text only', us(of(({ withWords }) => withWords))],
        ['a text of the corpus, median', us(of(({ corpus }) => corpus.median))],
        ['a text of the corpus, 99th percentile', us(of(({ corpus }) => corpus.p99))],
        [
          `the slowest text of the corpus (${first.corpus.slowest.id}, ${first.corpus.slowest.length} characters)`,
          us(of(({ corpus }) => corpus.slowest.us)),
        ],
        ['the signature of a failure of the corpus, median', us(of(({ signature }) => signature.median))],
        ['the signature of a failure of the corpus, 99th percentile', us(of(({ signature }) => signature.p99))],
      ],
    },
    {
      title: 'A result of a successful call',
      head: ['shape', 'gate, 1 KB', 'gate, 1 MB', 'whole diagnosis, 1 KB', 'whole diagnosis, 1 MB'],
      rows: first.healthy.map(({ shape }, at) => [
        shape,
        ...['gate', 'whole'].flatMap((part) => [0, 1].map((size) => us(of(({ healthy }) => healthy[at][part][size])))),
      ]),
    },
    {
      title: 'With user patterns',
      head: [
        'patterns',
        'an error with a code',
        'text that matches no pattern',
        'text that matches one of them',
        'corpus, median',
        'corpus, 99th percentile',
        'corpus seen for the first time, median',
        'seen for the first time, 99th percentile',
      ],
      rows: first.own.map(({ count }, at) => [
        count,
        us(of(({ own }) => own[at].withCode)),
        us(of(({ own }) => own[at].unknown)),
        count === 0 ? '' : us(of(({ own }) => own[at].own)),
        us(of(({ own }) => own[at].corpus.median)),
        us(of(({ own }) => own[at].corpus.p99)),
        us(of(({ own }) => own[at].seen.median)),
        us(of(({ own }) => own[at].seen.p99)),
      ]),
    },
    {
      title: 'The first diagnosis of a process, in CPU time',
      head: ['what is diagnosed', 'creating the diagnoser', 'the diagnosis'],
      rows: firsts,
    },
    {
      title: 'Creating a healer whose configuration file has patterns: reading, checking and compiling them',
      head: ['patterns', 'CPU time', 'time'],
      rows: builds,
    },
  ],
  marks: [
    mark('a thrown error with a code', rounded(of(({ withCode }) => withCode)), { atMost: 3, unit: ' us' }),
    mark('a text of the corpus, median', rounded(of(({ corpus }) => corpus.median)), { atMost: 30, unit: ' us' }),
    mark('the signature of a failure of the corpus, 99th percentile', rounded(of(({ signature }) => signature.p99)), {
      atMost: 20,
      unit: ' us',
    }),
    mark('the gate: ratio of a healthy result of 1 MB to one of 1 KB, worst shape', growth('gate'), { atMost: 1.5 }),
    mark('the whole diagnosis: ratio of a healthy result of 1 MB to one of 1 KB, worst shape', growth('whole'), {
      atMost: 1.5,
    }),
  ],
});
