// The log under load: `npm run build && npm run bench:log`. Takes about four minutes and a gigabyte in the temporary folder.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, rounded } from '../harness/numbers.mjs';
import { mark, report } from '../harness/report.mjs';
import { countEvents, filled } from './files.mjs';
import { killing } from './killing.mjs';
import { healflow, node } from './reading.mjs';
import { write, writeBare, writeRotated } from './writing.mjs';

const rounds = 7;
const eventsARound = 20_000;
const writerCounts = [1, 8];
const sizes = [0, 10_000, 1_000_000];
const killedWriters = 200;

const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
const count = (value) => value.toLocaleString('en-US', { maximumFractionDigits: 0 });
const named = (events) => (events === 0 ? 'an empty file' : `a file of ${count(events)} events`);
const writersNamed = (writers) => (writers === 1 ? '1 process' : `${writers} processes at once`);

/** Measures each number of writers with each file, in turn, and checks that every event was written. */
const measureWriting = async () => {
  const cells = writerCounts.flatMap((writers) => sizes.map((size) => ({ writers, size, runs: [] })));
  const folders = new Map(sizes.map((size) => [size, filled(folder, size)]));
  const bare = [];
  for (let round = 0; round < rounds; round += 1) {
    bare.push(writeBare(folder, eventsARound));
    for (const { writers, size, runs } of cells) {
      const memoryDir = size === 0 ? filled(folder, 0) : folders.get(size);
      runs.push(await write(memoryDir, writers, eventsARound / writers));
      if (size === 0 && (await countEvents(memoryDir)) !== eventsARound) throw new Error('events are missing');
    }
  }
  const appended = rounds * eventsARound * writerCounts.length;
  for (const size of sizes.slice(1)) {
    if ((await countEvents(folders.get(size))) !== size + appended) throw new Error('events are missing');
  }
  return { cells, bare: median(bare) };
};

/** Events per second of a cell, and their ratio to those into an empty file in the same round. */
const summed = (cells, { writers, size, runs }) => {
  const empty = cells.find((cell) => cell.writers === writers && cell.size === 0).runs;
  return {
    writers,
    size,
    rate: median(runs.map(({ rate }) => rate)),
    cpuUs: median(runs.map(({ cpuUs }) => cpuUs)),
    ratio: rounded(median(runs.map(({ rate }, round) => rate / empty[round].rate))),
  };
};

const commands = [
  { name: 'stats', args: ['stats'] },
  { name: 'log -n 10', args: ['log', '-n', '10'] },
  { name: 'log -n 10 --tool (every 20th event)', args: ['log', '-n', '10', '--tool', 'tool_7'] },
  { name: 'log -n 10 --tool (no event)', args: ['log', '-n', '10', '--tool', 'another'], isLong: true },
  { name: 'log', args: ['log'], isLong: true },
  { name: 'log --json', args: ['log', '--json'], isLong: true },
];
const readSizes = [10, 10_000, 1_000_000];

const measureReading = async () => {
  const folders = new Map(readSizes.map((size) => [size, filled(folder, size)]));
  const results = [];
  for (const { name, args, isLong = false } of commands) {
    for (const size of readSizes) {
      // Long commands without a bound are run once.
      const times = size === 1_000_000 && isLong ? 1 : 5;
      results.push({ name, size, ...(await healflow(times, ...args, '--memory', folders.get(size))) });
    }
  }
  return { results, start: await node(9), version: await healflow(9, '--version') };
};

try {
  const { cells, bare } = await measureWriting();
  const writes = cells.map((cell) => summed(cells, cell));
  const rotated = await writeRotated(folder, 8, 20_000);
  const { results, start, version } = await measureReading();
  const killed = await killing(folder, killedWriters);

  const of = (name, size) => results.find((one) => one.name === name && one.size === size);
  const usEach = (name, size) => Math.max(0, (1_000 * (of(name, size).cpuMs - of(name, 10).cpuMs)) / size);
  const many = of('stats', 1_000_000);
  const at = (writers, size) => writes.find((one) => one.writers === writers && one.size === size);

  report(join(import.meta.dirname, 'results.json'), {
    what: 'The cost of writing a healing event and of reading a log, in separate processes, as in use.',
    tables: [
      {
        title: `Appending ${count(eventsARound)} events of 460 bytes, median of ${rounds} rounds in turn`,
        head: ['written by', 'events/s', 'ratio to an empty file', 'CPU time of an event'],
        rows: [
          ['for comparison: appendFileSync of the same bytes, 1 process', count(bare), '', ''],
          ...writes.map(({ writers, size, rate, ratio, cpuUs }) => [
            `${writersNamed(writers)}, into ${named(size)}`,
            count(rate),
            ratio,
            `${rounded(cpuUs)} us`,
          ]),
          ['8 processes at once, 160,000 events, default rotation (16 files of 16 MiB)', count(rotated), '', ''],
        ],
      },
      {
        title: 'Reading; each in a new process, with its start',
        head: ['command', 'events', 'time', 'CPU time', 'an event without the start', 'peak memory'],
        rows: [
          ['node itself', '', `${rounded(start.ms)} ms`, `${rounded(start.cpuMs)} ms`, '', `${rounded(start.mb)} MB`],
          [
            'healflow --version',
            '',
            `${rounded(version.ms)} ms`,
            `${rounded(version.cpuMs)} ms`,
            '',
            `${rounded(version.mb)} MB`,
          ],
          ...results.map(({ name, size, ms, cpuMs, mb }) => [
            name,
            count(size),
            `${rounded(ms)} ms`,
            `${rounded(cpuMs)} ms`,
            size === 10 ? '' : `${rounded(usEach(name, size))} us`,
            `${rounded(mb)} MB`,
          ]),
        ],
      },
      {
        title: `${killedWriters} writers killed by SIGKILL while writing, and one that continues`,
        head: ['events acknowledged', 'lost', 'torn records'],
        rows: [[count(killed.acknowledged), killed.lost, killed.torn]],
      },
    ],
    marks: [
      mark('8 writers into an empty file', Math.round(at(8, 0).rate), { atLeast: 1_000, unit: ' events/s' }),
      mark('8 writers into a file of 1,000,000 events', Math.round(at(8, 1_000_000).rate), {
        atLeast: 1_000,
        unit: ' events/s',
      }),
      mark('8 writers, files of the default size', Math.round(rotated), { atLeast: 1_000, unit: ' events/s' }),
      mark('1 writer: ratio of a file of 1,000,000 events to an empty one', at(1, 1_000_000).ratio, { atLeast: 0.9 }),
      mark('8 writers: ratio of a file of 1,000,000 events to an empty one', at(8, 1_000_000).ratio, { atLeast: 0.9 }),
      mark('stats over 1,000,000 events, peak memory', Math.round(many.mb), { atMost: 200, unit: ' MB' }),
      mark(
        'stats: ratio of an event of 1,000,000 to one of 10,000',
        rounded(usEach('stats', 1_000_000) / usEach('stats', 10_000)),
        {
          atMost: 1.5,
        },
      ),
      mark(
        'log -n 10: ratio of 1,000,000 events to 10,000',
        rounded(of('log -n 10', 1_000_000).cpuMs / of('log -n 10', 10_000).cpuMs),
        {
          atMost: 1.5,
        },
      ),
      mark('lost events of killed writers', killed.lost, { atMost: 0 }),
    ],
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
