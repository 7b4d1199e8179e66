// A server with a tool that reads and one that changes something, over a backend at BACKEND. With RETRIES=1 it retries by itself.
import { createInterface } from 'node:readline';

const { BACKEND, RETRIES = '0', TOKEN } = process.env;
const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const text = (value) => ({ content: [{ type: 'text', text: value }] });

const request = async (method) => {
  const response = await fetch(BACKEND, { method, headers: { authorization: `Bearer ${TOKEN}` } });
  const body = await response.text();
  return response.ok ? text(body) : { ...text(`HTTP ${response.status}: ${body}`), isError: true };
};
const call = async (method, retries) => {
  const result = await request(method).catch((error) => ({ ...text(`${error.cause?.message}`), isError: true }));
  return result.isError && retries > 0 ? call(method, retries - 1) : result;
};

const results = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'fake', version: '1' },
  }),
  'tools/list': () => ({ tools: ['get', 'put'].map((name) => ({ name, inputSchema: { type: 'object' } })) }),
  'tools/call': ({ name }) => call(name === 'put' ? 'POST' : 'GET', Number(RETRIES)),
};
createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id !== undefined) say({ id, result: await (results[method]?.(params) ?? {}) });
});
