// One conversation of a client with a server, and where two of them differ.
import { setTimeout as sleep } from 'node:timers/promises';

const clientAnswers = {
  'sampling/createMessage': { model: 'none', role: 'assistant', content: { type: 'text', text: 'Hello.' } },
  'elicitation/create': { action: 'accept', content: { response: 'yes', name: 'A' } },
  'roots/list': { roots: [{ uri: 'file:///home/nobody', name: 'home' }] },
};

/** What the client answers the server's requests with. */
export const answers = (method) =>
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

/** Waits until nothing more comes, and for as many messages as are expected, though not for ever. */
const settled = async ({ others }, expected) => {
  const giveUpAt = performance.now() + 10_000;
  let before = -1;
  while (performance.now() < giveUpAt && (others.length < expected || others.length !== before)) {
    before = others.length;
    await sleep(300);
  }
};

/**
 * Has the whole talk, then closes the client. A step may be a function of the answers before it.
 *
 * @param expected How many messages will come that answer nothing, as far as that is known.
 * @returns the answers in order, and whatever else came, sorted: the streams of a session have no common order.
 */
export const converse = async (client, server, expected = 0) => {
  const { talk, modern } = server;
  const asked = [];
  const heard = [];
  const ask = async (method, params) => {
    asked.push(`${method} ${JSON.stringify(params).slice(0, 160)}`);
    heard.push(await client.request({ jsonrpc: '2.0', id: heard.length, method, params }));
  };
  try {
    if (!modern) {
      await ask('initialize', opening);
      await client.notify({ jsonrpc: '2.0', method: 'notifications/initialized' });
    }
    for (const step of talk) {
      const [method, params] = typeof step === 'function' ? step(heard.map((text) => JSON.parse(text))) : step;
      await ask(method, modern ? { ...params, _meta: { ...envelope, ...params._meta } } : params);
    }
    await settled(client, expected);
  } finally {
    await client.close();
  }
  return {
    asked,
    answers: heard.map((text) => steady(text, server)),
    others: client.others.map((text) => steady(text, server)).sort(),
  };
};

/** The place where a text parts from the other. */
const around = (text, other) => {
  let at = 0;
  while (at < text.length && text[at] === other[at]) at += 1;
  return text.slice(Math.max(0, at - 40), at + 400);
};

/** @returns where two conversations differ: what was asked, and both texts from a little before they part. */
export const compare = (direct, proxied) => {
  const found = [];
  const see = (what, one = 'nothing', other = 'nothing') => {
    if (one !== other) found.push({ what, direct: around(one, other), proxied: around(other, one) });
  };
  for (const [index, text] of direct.answers.entries()) see(direct.asked[index], text, proxied.answers[index]);
  const length = Math.max(direct.others.length, proxied.others.length);
  for (let index = 0; index < length; index += 1) see('from the server', direct.others[index], proxied.others[index]);
  return found;
};
