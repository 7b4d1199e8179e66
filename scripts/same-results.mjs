// Lists and calls real servers directly and through the proxy, in every way that they can be reached, and compares what
// comes back byte for byte.
//   node scripts/same-results.mjs             all of them
//   node scripts/same-results.mjs WORD...     only the comparisons whose name has every word
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installPeers } from './conformance/peers.mjs';
import { serveChain } from './conformance/programs.mjs';
import { openHttp, openStdio } from './conformance/raw-clients.mjs';
import { servers } from './conformance/talks.mjs';
import { createWays } from './conformance/ways.mjs';

const words = process.argv.slice(2);
const base = mkdtempSync(join(tmpdir(), 'healflow-same-'));

const clientAnswers = {
  'sampling/createMessage': { model: 'none', role: 'assistant', content: { type: 'text', text: 'Hello.' } },
  'elicitation/create': { action: 'accept', content: { response: 'yes', name: 'A' } },
  'roots/list': { roots: [{ uri: 'file:///home/nobody', name: 'home' }] },
};
const answers = (method) =>
  clientAnswers[method]
    ? { result: clientAnswers[method] }
    : { error: { code: -32601, message: `the client knows no ${method}` } };

const capabilities = { roots: { listChanged: true }, sampling: {}, elicitation: { form: {}, url: {} } };
const clientInfo = { name: 'comparison', version: '1' };
const opening = { protocolVersion: '2025-11-25', capabilities, clientInfo };
const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': clientInfo,
  'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} }, roots: {} },
};

const steady = (text, { varies = [] }) => varies.reduce((rest, pattern) => rest.replace(pattern, '…'), text);

/** Has the whole talk and gives the answers in order, and whatever else came, sorted: streams have no common order. */
const converse = async (client, server) => {
  const heard = [];
  try {
    const { talk, modern } = server;
    if (!modern) {
      heard.push(await client.request({ jsonrpc: '2.0', id: 0, method: 'initialize', params: opening }));
      await client.notify({ jsonrpc: '2.0', method: 'notifications/initialized' });
    }
    for (const [index, [method, params]] of talk.entries()) {
      const full = modern ? { ...params, _meta: { ...envelope, ...params._meta } } : params;
      heard.push(await client.request({ jsonrpc: '2.0', id: index + 1, method, params: full }));
    }
    await sleep(200);
    return {
      answers: heard.map((text) => steady(text, server)),
      others: client.others.map((text) => steady(text, server)).sort(),
    };
  } finally {
    await client.close();
  }
};

const overStdio = async (command, server, env, cwd) =>
  converse(await openStdio(command, { env, cwd, answers }), server);
const overHttp = async (chain, server) => {
  const { url, close } = await serveChain(...chain);
  try {
    return await converse(await openHttp(url, { answers }), server);
  } finally {
    await close();
  }
};

/** Where two conversations differ, with what was asked. */
const compare = (direct, proxied, { talk, modern }) => {
  const asked = (index) => JSON.stringify(modern ? talk[index] : (talk[index - 1] ?? 'initialize')).slice(0, 200);
  const found = [];
  const see = (what, one, other) => {
    if (one !== other) found.push({ what, direct: one ?? 'nothing', proxied: other ?? 'nothing' });
  };
  for (const [index, text] of direct.answers.entries()) see(asked(index), text, proxied.answers[index]);
  const length = Math.max(direct.others.length, proxied.others.length);
  for (let index = 0; index < length; index += 1) see('from the server', direct.others[index], proxied.others[index]);
  return found;
};

/** Shows the place where they part. */
const around = (text, other) => {
  let at = 0;
  while (at < text.length && text[at] === other[at]) at += 1;
  return text.slice(Math.max(0, at - 40), at + 400);
};

installPeers();
let wrong = 0;
for (const template of servers) {
  const folder = mkdtempSync(join(base, 'world-'));
  const ways = createWays(folder);
  const fresh = () => ({ ...template, ...template.prepare?.(folder) });
  const env = { ...process.env, ...fresh().variables };
  const stdio = (commandOf) => {
    const server = fresh();
    return overStdio(commandOf(server), server, env, folder);
  };
  const http = (chainOf) => {
    const server = fresh();
    return overHttp(
      chainOf(server).map((each) => (typeof each === 'function' ? each : { cwd: folder, ...each })),
      server,
    );
  };
  const onStdio = {
    again: () => stdio(({ command }) => command),
    'stdio -> stdio': () => stdio(({ command }) => ways.stdioToStdio(command)),
    'HTTP -> stdio': () =>
      http(({ command, variables }) => [{ ...ways.httpToStdio(command), env: () => variables ?? {} }]),
  };
  const onHttp = {
    again: () => http((server) => [server.http]),
    'HTTP -> HTTP': () => http((server) => [server.http, ways.httpToHttp]),
    'stdio -> HTTP': async () => {
      const server = fresh();
      const { url, close } = await serveChain({ cwd: folder, ...server.http });
      try {
        return await overStdio([...ways.stdioToHttp, url], server, env, folder);
      } finally {
        await close();
      }
    },
  };
  const groups = [['stdio', onStdio], ...(fresh().http ? [['HTTP', onHttp]] : [])];
  for (const [transport, comparisons] of groups) {
    const wanted = Object.keys(comparisons).filter((way) =>
      words.every((word) => `${template.name} ${way}`.includes(word)),
    );
    if (wanted.length === 0) continue;
    const direct = await comparisons.again().catch((error) => error);
    if (direct instanceof Error) {
      wrong += 1;
      console.log(`${template.name} on ${transport}: ${direct.message}`);
      continue;
    }
    console.log(
      `${template.name} on ${transport}: ${direct.answers.length} answers, ${direct.others.length} other messages`,
    );
    for (const way of wanted) {
      const proxied = await comparisons[way]().catch((error) => error);
      const found = proxied instanceof Error ? undefined : compare(direct, proxied, fresh());
      wrong += found === undefined ? 1 : found.length;
      console.log(
        `  ${way === 'again' ? 'directly, once more' : way}: ${found === undefined ? proxied.message : found.length === 0 ? 'the same' : `${found.length} differ`}`,
      );
      for (const difference of found ?? []) {
        console.log(`    ${difference.what}`);
        console.log(`      directly: ${around(difference.direct, difference.proxied)}`);
        console.log(`      proxied:  ${around(difference.proxied, difference.direct)}`);
      }
    }
  }
}
rmSync(base, { recursive: true, force: true });
process.exitCode = wrong === 0 ? 0 : 1;
