// An MCP server over stdio, written by hand so that it can break in every way. Its four tools do the same, but have different
// annotations. node server.js FOLDER: the folder contains `service.json` and `token`; the server writes `attempts.log` (a line per
// attempt) and `sent.log` (each response to a call, byte for byte).
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Channel, Fault } from '../faults.ts';
import { callService, errorText, faultOf, type Service } from './call-service.ts';

type Id = string | number;
interface Arguments {
  readonly call: string;
  readonly faults: readonly Fault[];
  readonly channel: Channel;
}

const folder = process.argv[2] ?? '.';
const file = (name: string): string => join(folder, name);
const service: Service = JSON.parse(readFileSync(file('service.json'), 'utf8'));

const annotations = {
  'read-only': { readOnlyHint: true },
  idempotent: { idempotentHint: true },
  destructive: { destructiveHint: true },
  unannotated: undefined,
};
const tools = Object.entries(annotations).map(([name, hints]) => ({
  name,
  inputSchema: { type: 'object' },
  ...(hints && { annotations: hints }),
}));

const attemptOf = (call: string): number => {
  appendFileSync(file('attempts.log'), `${call}\n`);
  return readFileSync(file('attempts.log'), 'utf8')
    .split('\n')
    .filter((line) => line === call).length;
};
const isFixed = (what: string): boolean =>
  what === 'login' ? readFileSync(file('token'), 'utf8') === 'fresh' : !existsSync(file('cache/stale'));

const write = (line: string): boolean => process.stdout.write(`${line}\n`);
const send = (message: object): boolean => write(JSON.stringify({ jsonrpc: '2.0', ...message }));
const respond = (id: Id, call: string, body: object): void => {
  const line = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},${JSON.stringify(body).slice(1)}`;
  appendFileSync(file('sent.log'), `${JSON.stringify({ call, line })}\n`);
  write(line);
};
const result = (text: string, isError = false): object => ({
  result: { content: [{ type: 'text', text }], ...(isError && { isError }) },
});

/** How the server itself breaks, before or after the effect. */
const breaks: Readonly<Record<string, (id: Id, call: string) => unknown>> = {
  exit: () => process.exit(3),
  hang: () => {},
  half: (id) =>
    process.stdout.write(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"con`, () => process.exit(3)),
  wrongJson: (id) => write(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"content":[}`),
  slow: (id, call) => setTimeout(() => respond(id, call, result(call)), 300),
};

/** Resolves when the service runs again after it died. */
const serviceUp = async (): Promise<void> => {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const isUp = await fetch(service.url).then(
      () => true,
      () => false,
    );
    if (isUp) return;
  }
};

const execute = async (id: Id, { call, faults, channel }: Arguments): Promise<void> => {
  const fault = faultOf(faults, attemptOf(call), isFixed);
  if (fault?.end === 'rpc' || (fault !== undefined && channel === 'transport')) {
    if (fault.moment !== 'before') await callService({ ...service, token: 'fresh' }, call);
    if (fault.end === 'rpc') respond(id, call, { error: { code: fault.code, message: fault.message } });
    else breaks[fault.end]?.(id, call);
    return;
  }
  try {
    await callService({ ...service, token: readFileSync(file('token'), 'utf8') }, call, fault);
    respond(id, call, result(call));
  } catch (error) {
    if (fault?.end === 'exit') await serviceUp();
    const text = errorText(error);
    respond(id, call, channel === 'rpc' ? { error: { code: -32603, message: text } } : result(text, true));
  }
};

const initialized = ({ protocolVersion }: { protocolVersion: string }): object => ({
  protocolVersion,
  capabilities: { tools: {} },
  serverInfo: { name: 'faulty', version: '1.0.0' },
});

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  if (method === 'tools/call') void execute(id, params.arguments);
  else if (method === 'initialize') send({ id, result: initialized(params) });
  else if (method === 'tools/list') send({ id, result: { tools } });
  else if (method === 'ping') send({ id, result: {} });
  else send({ id, error: { code: -32601, message: `Method not found: ${method}` } });
});
