// Runs an MCP server on stdio and passes everything on, unchanged. Reports each tool call before the server receives it, and
// each response before the proxy does, so that a fault can end with an attempt and not with the clock.
//   node witness.mjs CONTROL-URL COMMAND...
import { spawn } from 'node:child_process';

const [control, file, ...args] = process.argv.slice(2);
const report = async (verb, body = '') => {
  await fetch(`${control}/${verb}`, { method: 'POST', body }).catch(() => {});
};
const { FIELD_REQUIRE: preload } = process.env;
const env = preload === undefined ? process.env : { ...process.env, NODE_OPTIONS: `--require ${preload}` };
const child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
const calls = new Set();

/** Passes lines on, one after the other; `look` is called with each message first. */
const relay = (from, to, look) => {
  let rest = Buffer.alloc(0);
  let last = Promise.resolve();
  const pass = async (bytes) => {
    let message;
    try {
      message = JSON.parse(bytes.toString());
    } catch {}
    if (typeof message === 'object' && message !== null) await look(message, bytes.toString().trim());
    to.write(bytes);
  };
  from.on('data', (piece) => {
    rest = Buffer.concat([rest, piece]);
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      const line = rest.subarray(0, end + 1);
      rest = rest.subarray(end + 1);
      last = last.then(() => pass(line));
    }
  });
  return () => last;
};

const sent = relay(process.stdin, child.stdin, async ({ id, method, params }) => {
  if (method === 'tools/call') {
    calls.add(id);
    await report('sent', JSON.stringify(id));
  } else if (method === 'notifications/cancelled' && calls.delete(params?.requestId)) await report('given-up');
});
const received = relay(child.stdout, process.stdout, async (message, line) => {
  if (message.method === undefined && calls.delete(message.id)) await report('ended', line);
});

child.stdin.on('error', () => {});
process.stdin.on('end', async () => {
  await sent();
  child.stdin.end();
  // A server that ignores the end of its input must not outlive the row, even if the proxy was killed.
  setTimeout(() => child.kill('SIGKILL'), 5_000);
});
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));
child.once('close', async (code, signal) => {
  await received();
  if (calls.size > 0) await report('given-up');
  process.exit(signal === null ? code : 1);
});
