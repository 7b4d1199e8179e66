import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../dist/src/clock.js';
import { encodeEvent } from '../../dist/src/event-log/encode-record.js';
import { createEventLog, readEvents } from '../../dist/src/event-log/index.js';
import { event } from './event.mjs';

/** Large enough that nothing is rotated. */
export const neverRotated = 2 ** 40;

export const logTo = (memoryDir, sizes = {}) =>
  createEventLog({ memoryDir, clock: systemClock, redact: (text) => text, warn: console.error, ...sizes });

export const liveFile = (memoryDir) => join(memoryDir, 'learned/tool_fixes.yaml');

/** A new memory folder with a number of events in its live file, in the log's format, written in large pieces. */
export const filled = (folder, events) => {
  const memoryDir = mkdtempSync(join(folder, `of-${events}-`));
  if (events === 0) return memoryDir;
  mkdirSync(join(memoryDir, 'learned'));
  writeFileSync(liveFile(memoryDir), 'healing_events:\n');
  for (let at = 0; at < events; at += 10_000) {
    const records = Array.from({ length: Math.min(10_000, events - at) }, (_, index) =>
      encodeEvent(event(at + index), (text) => text),
    );
    appendFileSync(liveFile(memoryDir), records.join(''));
  }
  return memoryDir;
};

/** A record of typical size, as bytes. */
export const oneRecord = (folder) => readFileSync(liveFile(filled(folder, 1))).subarray('healing_events:\n'.length);

/** Reads everything; throws if something is damaged. */
export const countEvents = async (memoryDir) => {
  let events = 0;
  const onDamage = ({ file, line }) => {
    throw new Error(`${file}:${line} is damaged`);
  };
  for await (const _ of readEvents(memoryDir, { onDamage })) events += 1;
  return events;
};
