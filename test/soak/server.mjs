// The server behind the proxy. One tool has a different name after each restart.
import { appendFileSync } from 'node:fs';

appendFileSync(process.env.SOAK_PIDS, `${process.pid}\n`);

const readOnly = { annotations: { readOnlyHint: true }, inputSchema: { type: 'object' } };
const names = ['read', 'fail_once', 'never', `tool_of_${process.pid}`];
const tools = names.map((name) => ({ name, ...readOnly }));
const serverInfo = { name: 'soak', version: '1' };
const filler = 'pod-1 Running 0 2d\n'.repeat(20);
/** Calls that have failed: each fails once. */
const failedOnce = new Set();

let out = '';
const send = (message) => {
  if (out === '') setImmediate(flush);
  out += `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`;
};
const flush = () => {
  process.stdout.write(out);
  out = '';
};
const text = (id, words, more) => send({ id, result: { content: [{ type: 'text', text: words }], ...more } });

const handle = ({ id, method, params }) => {
  if (method === 'initialize') {
    send({ id, result: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo } });
  } else if (method === 'tools/list') send({ id, result: { tools } });
  else if (method !== 'tools/call') {
    if (id !== undefined) send({ id, result: {} });
  } else if (params.name === 'fail_once' && !failedOnce.delete(params.arguments.key)) {
    failedOnce.add(params.arguments.key);
    text(id, '503 Service Unavailable', { isError: true });
  } else if (params.name !== 'never') {
    const progressToken = params._meta?.progressToken;
    if (progressToken !== undefined) send({ method: 'notifications/progress', params: { progressToken, progress: 1 } });
    text(id, filler);
  }
};

let rest = '';
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop();
  for (const line of lines) handle(JSON.parse(line));
});
