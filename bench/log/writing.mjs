import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countEvents, neverRotated, oneRecord } from './files.mjs';

const program = fileURLToPath(new URL('./writer.mjs', import.meta.url));

const read = async (child) => {
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  const [code, signal] = await once(child, 'close');
  if (code !== 0) throw new Error(`a writer ended with ${code ?? signal}`);
  return JSON.parse(text);
};

/** Several processes write at once; their events per second, and the CPU time of an event in us. */
export const write = async (memoryDir, writers, each, sizes = { maxFileBytes: neverRotated }) => {
  const children = Array.from({ length: writers }, () =>
    spawn(process.execPath, [program, memoryDir, `${each}`, JSON.stringify(sizes)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  await Promise.all(children.map((child) => once(child.stdout, 'data')));
  const outputs = children.map(read);
  for (const child of children) child.stdin.write('go\n');
  const times = await Promise.all(outputs);
  const ms = Math.max(...times.map(({ ended }) => ended)) - Math.min(...times.map(({ began }) => began));
  const cpuMs = times.reduce((sum, time) => sum + time.cpuMs, 0);
  const events = writers * each;
  return { rate: (events / ms) * 1_000, cpuUs: (cpuMs * 1_000) / events };
};

/** Several processes write at once with default rotation; throws if an event is missing. */
export const writeRotated = async (folder, writers, each) => {
  const memoryDir = mkdtempSync(join(folder, 'rotated-'));
  const { rate } = await write(memoryDir, writers, each, {});
  const events = await countEvents(memoryDir);
  if (events !== writers * each) throw new Error(`${events} of ${writers * each} events`);
  return rate;
};

/** Appends records of the same size with Node itself, for comparison; records per second. */
export const writeBare = (folder, count) => {
  const file = join(mkdtempSync(join(folder, 'bare-')), 'bare.yaml');
  const record = oneRecord(folder);
  const began = performance.now();
  for (let number = 0; number < count; number += 1) appendFileSync(file, record);
  return (count / (performance.now() - began)) * 1_000;
};
