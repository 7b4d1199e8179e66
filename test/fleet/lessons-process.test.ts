import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import { ended } from '../event-log/writers.ts';
import { temporaryFolder } from './shippers.ts';

const program = fileURLToPath(new URL('../fixtures/fleet/lessons.mjs', import.meta.url));
const timeout = 30_000;

it('the lessons of a fleet keep no process that waits for the database', { timeout: 90_000 }, async () => {
  let asked = 0;
  const silent = createServer((socket) => {
    socket.on('error', () => {});
    // It is connected, and waits for a response.
    socket.once('data', () => {
      asked += 1;
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void silent.close());
  await once(silent, 'listening');
  const url = `postgres://app@127.0.0.1:${(silent.address() as AddressInfo).port}/fleet`;
  const stateDir = temporaryFolder('state');
  const child = spawn(process.execPath, [program, url, stateDir], { stdio: ['pipe', 'pipe', 'inherit'] });
  await vi.waitFor(() => expect(asked).toBe(1), { timeout, interval: 5 });
  child.stdin.write('what keeps you?\n');
  const said: string[] = [];
  child.stdout.on('data', (text: Buffer) => said.push(text.toString()));
  await vi.waitFor(() => expect(said.join('')).toContain(']'), { timeout, interval: 5 });
  const kept = /\[.*\]/.exec(said.join(''))?.[0] ?? '';
  expect(JSON.parse(kept).filter((name: string) => !/^(Pipe|TTY|Immediate)/.test(name))).toEqual([]);
  child.stdin.end();
  expect(await ended(child)).toBe(0);
});
