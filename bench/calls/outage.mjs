// Outages and rate limits: `npm run build && npm run bench:calls:outage`. Takes about five minutes. Real servers on loopback go away and
// come back, behind the proxy with its defaults. `-- --write` also writes the tables to bench/calls/outage-notes.md.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createHealer } from '../../dist/src/index.js';
import { machineText } from '../harness/machine.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const main = here('../../dist/src/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'healflow-bench-'));
const runs = 20;
/** How many call at once. */
const crowdSizes = [10, 50, 100, 1_000];
const crowdOutageMs = 2_000;
const outages = [300, 1_000, 3_000, 6_000];
/** The most calls that return within a tenth of a second: 10 at once, and 100 per second. */
const maxAtOnce = 20;

/** An MCP server over HTTP. `at` has the time of each request that it got. */
const startServer = async (port, respond) => {
  const at = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method !== 'POST') return response.writeHead(request.method === 'DELETE' ? 200 : 405).end();
      const message = JSON.parse(Buffer.concat(chunks).toString());
      if (message.id === undefined) return response.writeHead(202).end();
      at.push(performance.now());
      return respond(message, response);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { at, port: server.address().port, stop };
};

const results = {
  initialize: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } },
  'tools/list': { tools: [{ name: 't', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } }] },
  'tools/call': { content: [{ type: 'text', text: 'fine' }] },
};
const healthy = ({ id, method }, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', id, result: results[method] }));
};

/** The proxy on stdio, and a client that sends requests through it. */
const startProxy = (port) => {
  const where = mkdtempSync(join(folder, 'proxy-'));
  writeFileSync(join(where, 'healflow.yaml'), '{}\n');
  const options = ['--config', join(where, 'healflow.yaml'), '--memory', where];
  const child = spawn(process.execPath, [main, 'proxy', ...options, '--upstream', `http://127.0.0.1:${port}/mcp`], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { PATH: process.env.PATH, HOME: where, HEALFLOW_STATE_DIR: where },
  });
  const waiting = new Map();
  let rest = '';
  child.stdout.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      const message = JSON.parse(line);
      waiting.get(message.id)?.(message);
    }
  });
  let last = 0;
  const request = (method, params = {}) => {
    last += 1;
    const id = last;
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    });
  };
  const initialize = () =>
    request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } });
  const end = async () => {
    child.stdin.end();
    if (child.exitCode === null) await once(child, 'exit');
  };
  return { request, initialize, end };
};

/** Whether a request that is sent when an outage begins is healed, and how long it took beyond the outage. */
const throughOutage = async (method, outageMs) => {
  const first = await startServer(0, healthy);
  const { port } = first;
  const proxy = startProxy(port);
  if (method !== 'initialize') {
    await proxy.initialize();
    await proxy.request('tools/list');
  }
  await first.stop();
  const startedAt = performance.now();
  const response = method === 'initialize' ? proxy.initialize() : proxy.request(method, { name: 't', arguments: {} });
  await wait(outageMs);
  const second = await startServer(port, healthy);
  const { result } = await response;
  const extraMs = performance.now() - startedAt - outageMs;
  await proxy.end();
  await second.stop();
  return { isHealed: result !== undefined, extraMs };
};

const seconds = (ms) => `${(ms / 1_000).toFixed(1)} s`;

/** The most requests within any tenth of a second. */
const peakOf = (times) => {
  let peak = 0;
  for (let from = 0, to = 0; to < times.length; to += 1) {
    while (times[to] - times[from] >= 100) from += 1;
    peak = Math.max(peak, to - from + 1);
  }
  return peak;
};

/** One read-only tool call, in a program that uses healflow as a library. */
const createCaller = async (url) => {
  const healer = await createHealer({ config: {}, memoryDir: mkdtempSync(join(folder, 'memory-')), warn: () => {} });
  let failed = 0;
  const task = async ({ attempt }) => {
    try {
      const response = await fetch(url, { method: 'POST', body: '{"id":1,"method":"tools/call"}' });
      const text = await response.text();
      if (response.ok) return text;
      const headers = { 'retry-after': response.headers.get('retry-after') };
      throw Object.assign(new Error(`HTTP ${response.status}`), { status: response.status, headers });
    } catch (error) {
      if (attempt === 1) failed += 1;
      throw error;
    }
  };
  const call = () => healer.runOutcome('t', task, { annotations: { readOnlyHint: true } });
  return { call, failed: () => failed, close: () => healer.close() };
};

/** @param back Resolves with the times of the requests that the server got once it was back. */
const crowd = async (what, callers, url, back) => {
  const caller = await createCaller(url);
  const startedAt = performance.now();
  const calls = Array.from({ length: callers }, () => caller.call());
  const at = await back(caller);
  const outcomes = await Promise.all(calls);
  await caller.close();
  const healed = outcomes.filter(({ ok }) => ok).length;
  return { what, callers, healed, peak: peakOf(at), lastMs: performance.now() - startedAt };
};

const crowdAfterOutage = async (callers, outageMs) => {
  const first = await startServer(0, healthy);
  await first.stop();
  let second;
  const row = await crowd(
    `an outage of ${seconds(outageMs)}`,
    callers,
    `http://127.0.0.1:${first.port}/`,
    async ({ failed }) => {
      const until = performance.now() + outageMs;
      // On a busy machine a thousand connections take a while to be refused.
      while (failed() < callers || performance.now() < until) await wait(5);
      second = await startServer(first.port, healthy);
      return second.at;
    },
  );
  await second.stop();
  return { ...row, sent: callers + second.at.length };
};

/** A token bucket: so many a second, and as many at once. */
const crowdAfterLimit = async (callers, perSecond) => {
  let tokens = perSecond;
  let filledAt = performance.now();
  let sent = 0;
  const again = [];
  const server = await startServer(0, (message, response) => {
    const now = performance.now();
    tokens = Math.min(perSecond, tokens + ((now - filledAt) * perSecond) / 1_000);
    filledAt = now;
    sent += 1;
    if (sent > callers) again.push(now);
    if (tokens < 1) return response.writeHead(429, { 'retry-after': '1' }).end();
    tokens -= 1;
    return healthy(message, response);
  });
  const what = `429 with \`Retry-After: 1\` above ${perSecond} per s`;
  const row = await crowd(what, callers, `http://127.0.0.1:${server.port}/`, async () => again);
  await server.stop();
  // Its first requests are all sent before any is turned away.
  return { ...row, peak: peakOf(again), sent };
};

const inBatches = async (count, size, work) => {
  const done = [];
  while (done.length < count) {
    done.push(...(await Promise.all(Array.from({ length: Math.min(size, count - done.length) }, work))));
  }
  return done;
};

const single = [];
for (const method of ['tools/call', 'initialize', 'tools/list']) {
  for (const outageMs of outages) {
    const all = await inBatches(runs, 5, () => throughOutage(method, outageMs));
    const extra = all.map(({ extraMs }) => extraMs).sort((a, b) => a - b);
    const row = { method, outageMs, healed: all.filter(({ isHealed }) => isHealed).length, extra };
    single.push(row);
    console.log(method, outageMs, row.healed);
  }
}
const crowds = [];
for (const callers of crowdSizes) crowds.push(await crowdAfterOutage(callers, crowdOutageMs));
for (const outageMs of outages) crowds.push(await crowdAfterOutage(1_000, outageMs));
crowds.push(await crowdAfterLimit(1_000, 100));
rmSync(folder, { recursive: true, force: true });

const page = `# Outages and rate limits

\`npm run bench:calls:outage\`: a server behind the proxy goes away and comes back. ${machineText()}. All defaults.

A request that is sent when the outage begins:

| request | outage | healed | median after the outage | longest |
| --- | --- | --- | --- | --- |
${single
  .map(
    ({ method, outageMs, healed, extra }) =>
      `| \`${method}\` | ${seconds(outageMs)} | ${healed} of ${runs} | ${seconds(extra[runs / 2])} | ${seconds(extra.at(-1))} |`,
  )
  .join('\n')}

Many calls at once of one tool, in a program. The peak is the highest number of requests that the server got within any tenth of a second after it was back:

| cause | served | peak | requests | all done after |
| --- | --- | --- | --- | --- |
${crowds.map(({ what, callers, healed, peak, sent, lastMs }) => `| ${what} | ${healed} of ${callers} | ${peak} | ${sent} | ${seconds(lastMs)} |`).join('\n')}

Calls that have waited take turns: 10 at once, 50 per second from then on, and up to 100 per second while they succeed. So a server that is
just back gets at most ${maxAtOnce} of them within a tenth of a second, however many wait. \`test/healer/outage.test.ts\` keeps the same bound with a fake clock.
`;
console.log(page);
if (process.argv.includes('--write')) writeFileSync(here('outage-notes.md'), page);
const isBounded = crowds.every(
  ({ peak, healed, callers, sent }) =>
    peak <= Math.max(maxAtOnce, callers / 10) && healed === callers && sent <= 2 * callers,
);
if (!isBounded || single.some(({ healed }) => healed < runs)) process.exitCode = 1;
