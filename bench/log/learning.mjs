// `healflow learn` over a long log: `npm run build && npm run bench:log:learning`. Takes less than a minute.
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeEvent } from '../../dist/src/event-log/encode-record.js';
import { createRepairLog } from '../../dist/src/learning/repair-log.js';
import { signatureOf } from '../../dist/src/learning/signature.js';
import { rounded } from '../harness/numbers.mjs';
import { mark, report } from '../harness/report.mjs';
import { event } from './event.mjs';
import { liveFile } from './files.mjs';
import { healflow } from './reading.mjs';

const events = 100_000;
const repairs = 10_000;
const times = 5;
const plain = (text) => text;
const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));

const words = 'web api shop cart billing auth search mailer ledger gateway worker vault proxy queue cache index'.split(
  ' ',
);
const frames = [
  (part, number) =>
    `dial tcp 10.${number % 250}.0.7:${1_024 + (number % 60_000)}: ${part}: connect: connection refused`,
  (part, number) =>
    `request ${number.toString(16)} to ${part}-${number % 97}.example.com timed out after ${number % 9_000} ms`,
  (part, number) => `the token of ${part} "user-${number}" has expired, log in again`,
  (part, number) => `${part} did not start: too many open files (${number} of ${number + 1})`,
];

/** A line of one of 1,024 failures; no two of the log are equal. */
const lineOf = (number) => {
  const kind = number % 1_024;
  const part = `${words[kind % 16]} ${words[(kind >> 4) % 16]}`;
  return frames[kind >> 8](part.replace(' ', '-'), number);
};

/** A memory folder with events that all differ, with or without their signatures, and records of repairs. */
const filled = (hasSignatures) => {
  const memoryDir = mkdtempSync(join(folder, hasSignatures ? 'with-' : 'without-'));
  mkdirSync(join(memoryDir, 'learned'));
  appendFileSync(liveFile(memoryDir), 'healing_events:\n');
  for (let first = 0; first < events; first += 10_000) {
    const records = Array.from({ length: 10_000 }, (_, index) => {
      const error = lineOf(first + index);
      const sig = hasSignatures ? { sig: signatureOf(error).id } : {};
      return encodeEvent({ ...event(first + index), error, ...sig }, plain);
    });
    appendFileSync(liveFile(memoryDir), records.join(''));
  }
  const log = createRepairLog({ memoryDir, redact: plain, warn: console.error });
  for (let number = 0; number < repairs; number += 1) {
    const { timestamp, tool } = event(number);
    const common = { timestamp, tool, sig: signatureOf(lineOf(number)).id, args: null, window_ms: number };
    const succeeded = number % 3 !== 0;
    log.append(
      number % 2 === 0
        ? { kind: succeeded ? 'recovered' : 'still_failing', ...common, between: [] }
        : {
            ...{ kind: 'repaired', ...common, action: { run: ['systemctl', 'restart', 'tunnel'] }, checked: 'call' },
            ...{ before: 'failed', after: succeeded ? 'succeeded' : 'failed' },
          },
    );
  }
  return memoryDir;
};

try {
  const cells = [];
  for (const hasSignatures of [true, false]) {
    const name = hasSignatures ? 'events with `sig`' : 'events without `sig`, as older versions wrote them';
    cells.push({ name, ...(await healflow(times, 'learn', '--memory', filled(hasSignatures))) });
  }
  report(join(import.meta.dirname, 'learning.json'), {
    what: '`healflow learn` over a log of failures that all differ; each time in a new process, with its start.',
    tables: [
      {
        title: `100,000 events of 1,024 failures, and 10,000 records of repairs; median of ${times}`,
        head: ['log', 'time', 'CPU time', 'peak memory'],
        rows: cells.map(({ name, ms, cpuMs, mb }) => [
          name,
          `${rounded(ms)} ms`,
          `${rounded(cpuMs)} ms`,
          `${rounded(mb)} MB`,
        ]),
      },
    ],
    marks: cells.map(({ name, cpuMs }) =>
      mark(`learn over 100,000 ${name}: CPU time`, rounded(cpuMs / 1_000), { atMost: 3, unit: ' s' }),
    ),
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
