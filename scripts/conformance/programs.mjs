// Servers and proxies as processes: started at a free port, stopped by process id.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../consumer.mjs';

const startTimeoutMs = 30_000;

export const inRoot = (path) => join(root, path);
export const peer = (path) => inRoot(`scripts/conformance/peers/node_modules/${path}`);

const freePort = async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
};

const accepts = async (port) => {
  const socket = connect(port, '127.0.0.1');
  const up = await new Promise((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  return up;
};

const stop = async (child) => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(hard);
};

/** Starts a program that serves HTTP at a given port, and waits until it listens. */
const serve = async ({ name, args, env = () => ({}), cwd }) => {
  const port = await freePort();
  const child = spawn(process.execPath, args(port), {
    cwd,
    env: { ...process.env, ...env(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (chunk) => {
    output = (output + chunk).slice(-4000);
  });
  const giveUpAt = performance.now() + startTimeoutMs;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || performance.now() > giveUpAt) {
      await stop(child);
      throw new Error(`${name} did not start (exit code ${child.exitCode}):\n${output}`);
    }
    await sleep(50);
  }
  return { url: `http://127.0.0.1:${port}/mcp`, close: () => stop(child) };
};

/** Starts programs in front of each other: each may be a function of the URL of the previous one. */
export const serveChain = async (...chain) => {
  const running = [];
  const close = async () => {
    for (const each of running.reverse()) await each.close();
  };
  try {
    for (const next of chain) running.push(await serve(typeof next === 'function' ? next(running.at(-1).url) : next));
  } catch (error) {
    await close();
    throw error;
  }
  return { url: running.at(-1).url, close };
};

/** Runs the work for each item, two at a time, because CI machines have two cores. */
export const twoAtATime = async (items, work) => {
  const queue = [...items];
  const worker = async () => {
    while (queue.length > 0) await work(queue.shift());
  };
  await Promise.all([worker(), worker()]);
};
