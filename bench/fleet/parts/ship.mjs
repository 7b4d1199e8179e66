// The copying of events to the database of a fleet.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median } from '../../harness/numbers.mjs';
import { mark } from '../../harness/report.mjs';
import { event } from '../../log/event.mjs';
import { logTo } from '../../log/files.mjs';

const shipper = fileURLToPath(new URL('../../../test/fixtures/fleet/shipper.mjs', import.meta.url));
const writer = fileURLToPath(new URL('../../../test/fixtures/event-log/writer.mjs', import.meta.url));
const count = (value) => value.toLocaleString('en-US', { maximumFractionDigits: 0 });

/** Starts a machine's shipper in a process of its own; its state folder makes it one. */
const startMachine = (url, memoryDir, stateDir, name) =>
  spawn(process.execPath, [shipper, url, memoryDir, stateDir, name], { stdio: ['pipe', 'pipe', 'inherit'] });

const ended = async (child) => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
};

/** How many events per second a number of machines copies, each from its own log. */
const rate = async ({ url, admin }, folder, machines, events) => {
  await admin('truncate healflow.event, healflow.event_log');
  const folders = Array.from({ length: machines }, () => mkdtempSync(join(folder, 'machine-')));
  const now = new Date().toISOString();
  for (const [machine, memoryDir] of folders.entries()) {
    const log = logTo(memoryDir);
    for (let n = 0; n < events; n += 1) log.append({ ...event(n), timestamp: now, run_id: `${machine}-${n}` });
  }
  const children = folders.map((memoryDir, n) =>
    startMachine(url, memoryDir, join(memoryDir, 'state'), `machine-${n}`),
  );
  let began = 0;
  for (const child of children) {
    child.stdout.on('data', () => {
      began ||= performance.now();
    });
  }
  for (;;) {
    const [{ events: copied }] = await admin('select coalesce(sum(events), 0)::int as events from healflow.event_log');
    if (copied === machines * events) break;
    await sleep(20);
  }
  const seconds = (performance.now() - began) / 1_000;
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(children.map(ended));
  const [{ rows, ids }] = await admin(
    'select count(*)::int as rows, count(distinct id)::int as ids from healflow.event',
  );
  if (rows !== machines * events || ids !== rows) throw new Error(`${rows} rows of ${ids} events`);
  return (machines * events) / seconds;
};

/** Kills shippers while writers write and rotate; the numbers of events that are missing and that came twice. */
const kills = async ({ url, admin }, folder, rounds, events) => {
  await admin('truncate healflow.event, healflow.event_log');
  const memoryDir = mkdtempSync(join(folder, 'killed-'));
  const sizes = JSON.stringify({ maxFileBytes: 512 * 1024, keepFiles: 10_000 });
  const writers = ['a', 'b', 'c', 'd'].map((name) =>
    spawn(process.execPath, [writer, memoryDir, name, String(events / 4), sizes], {
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  for (let round = 0; round < rounds; round += 1) {
    const child = startMachine(url, memoryDir, join(memoryDir, 'state'), 'killed');
    // The signs before and after its batches, until it is killed.
    let left = 1 + ((round * 7) % 10);
    child.stdout.on('data', (signs) => {
      left -= signs.length;
      if (left <= 0) child.kill('SIGKILL');
    });
    await ended(child);
  }
  await Promise.all(writers.map(ended));
  const last = startMachine(url, memoryDir, join(memoryDir, 'state'), 'killed');
  last.stdout.resume();
  let found = { rows: 0, ids: 0 };
  for (let waits = 0; waits < 600 && found.ids < events; waits += 1) {
    await sleep(100);
    [found] = await admin('select count(*)::int as rows, count(distinct id)::int as ids from healflow.event');
  }
  last.kill('SIGKILL');
  await ended(last);
  return { lost: events - found.ids, twice: found.rows - found.ids };
};

/** Measures the copying of events. Returns the tables and marks of a report. */
export const measureShipping = async (databases, { folder, isQuick }) => {
  const eventsEach = isQuick ? 8_000 : 40_000;
  const rates = [];
  for (const machines of [1, 4]) {
    const runs = [];
    for (let round = 0; round < (isQuick ? 1 : 3); round += 1) {
      runs.push(await rate(databases, folder, machines, eventsEach / machines));
    }
    rates.push({ machines, rate: median(runs) });
  }
  const [shippers, written] = isQuick ? [4, 4_000] : [30, 20_000];
  const killed = await kills(databases, folder, shippers, written);
  return {
    what: 'Events that are copied to the database, with secrets masked; PostgreSQL, PgBouncer and all machines share the processors.',
    tables: [
      {
        title: `Copying ${count(eventsEach)} events to PostgreSQL through PgBouncer, in batches of 200, median of ${isQuick ? 1 : 3}`,
        head: ['machines at once', 'events/s'],
        rows: rates.map(({ machines, rate }) => [String(machines), count(rate)]),
      },
      {
        title: `${shippers} shippers killed by SIGKILL under ${count(written)} events from 4 writers that rotate`,
        head: ['events lost', 'events twice'],
        rows: [[String(killed.lost), String(killed.twice)]],
      },
    ],
    marks: [
      mark('events copied per second, the best of both', Math.round(Math.max(...rates.map(({ rate }) => rate))), {
        atLeast: 10_000,
        unit: ' events/s',
      }),
      mark(`events lost under ${shippers} kills`, killed.lost, { atMost: 0 }),
      mark(`events that came twice under ${shippers} kills`, killed.twice, { atMost: 0 }),
    ],
  };
};
