// A conversation of a client with a server, and the comparison of two conversations.
import { setTimeout as sleep } from 'node:timers/promises';

const clientResults = {
  'sampling/createMessage': { model: 'none', role: 'assistant', content: { type: 'text', text: 'Hello.' } },
  'elicitation/create': { action: 'accept', content: { response: 'yes', name: 'A' } },
  'roots/list': { roots: [{ uri: 'file:///home/nobody', name: 'home' }] },
};

/** The client's response to a request of the server. */
export const responseTo = (method) =>
  clientResults[method]
    ? { result: clientResults[method] }
    : { error: { code: -32601, message: `Method not found: ${method}` } };

const capabilities = { roots: { listChanged: true }, sampling: {}, elicitation: { form: {}, url: {} } };
const clientInfo = { name: 'comparison', version: '1' };
const opening = { protocolVersion: '2025-11-25', capabilities, clientInfo };
const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': clientInfo,
  'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} }, roots: {} },
};

const steady = (text, { varies = [] }) => varies.reduce((rest, pattern) => rest.replace(pattern, '…'), text);

/** Waits until the expected number of messages has arrived and no more follow, for at most 10 s. */
const settled = async ({ others }, expected) => {
  const giveUpAt = performance.now() + 10_000;
  let before = -1;
  while (performance.now() < giveUpAt && (others.length < expected || others.length !== before)) {
    before = others.length;
    await sleep(300);
  }
};

/**
 * Sends all requests of a script, then closes the client. A step may be a function of the earlier responses.
 *
 * @param expected Number of messages that will arrive besides responses, if known.
 * @returns the responses in order, and all other messages, sorted: the streams of a session have no common order.
 */
export const converse = async (client, server, expected = 0) => {
  const { script, modern } = server;
  const requests = [];
  const responses = [];
  const send = async (method, params) => {
    requests.push(`${method} ${JSON.stringify(params).slice(0, 160)}`);
    responses.push(await client.request({ jsonrpc: '2.0', id: responses.length, method, params }));
  };
  try {
    if (!modern) {
      await send('initialize', opening);
      await client.notify({ jsonrpc: '2.0', method: 'notifications/initialized' });
    }
    for (const step of script) {
      const [method, params] = typeof step === 'function' ? step(responses.map((text) => JSON.parse(text))) : step;
      await send(method, modern ? { ...params, _meta: { ...envelope, ...params._meta } } : params);
    }
    await settled(client, expected);
  } finally {
    await client.close();
  }
  return {
    requests,
    responses: responses.map((text) => steady(text, server)),
    others: client.others.map((text) => steady(text, server)).sort(),
  };
};

/** The part of a text from a little before the first difference to the other. */
const around = (text, other) => {
  let at = 0;
  while (at < text.length && text[at] === other[at]) at += 1;
  return text.slice(Math.max(0, at - 40), at + 400);
};

/** @returns the differences of two conversations: the request, and both texts from a little before the difference. */
export const compare = (direct, proxied) => {
  const found = [];
  const see = (what, one = 'nothing', other = 'nothing') => {
    if (one !== other) found.push({ what, direct: around(one, other), proxied: around(other, one) });
  };
  for (const [index, text] of direct.responses.entries()) see(direct.requests[index], text, proxied.responses[index]);
  const length = Math.max(direct.others.length, proxied.others.length);
  for (let index = 0; index < length; index += 1) see('from the server', direct.others[index], proxied.others[index]);
  return found;
};
