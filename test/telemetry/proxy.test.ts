import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../config/support.ts';

const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const sdk = fileURLToPath(new URL('../fixtures/telemetry/sdk.mjs', import.meta.url));
const server = fileURLToPath(new URL('../fixtures/mcp/raw-server.mjs', import.meta.url));

describe('healflow proxy with an SDK loaded by the user', () => {
  it("continues the client's trace", async () => {
    const folder = await folderWith({ 'healflow.yaml': 'fixes: {retry_backoff: {baseMs: 0}}\n' });
    const spans = join(folder, 'spans');
    const child = spawn(process.execPath, [program, 'proxy', '--', process.execPath, server], {
      cwd: folder,
      env: {
        ...process.env,
        NODE_OPTIONS: `--import=${pathToFileURL(sdk)}`,
        SPANS: spans,
        RAW_SERVER_STATE: join(folder, 'state'),
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ask = async (message: object): Promise<{ result?: { content?: { text?: string }[] } }> => {
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
      const { value } = await lines.next();
      return JSON.parse(value);
    };
    await ask({ id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {} } });
    const meta = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    const answer = await ask({ id: 2, method: 'tools/call', params: { name: 'hello', _meta: meta } });
    expect(answer.result?.content?.[0]?.text).toBe('hello');
    child.stdin.end();
    await once(child, 'exit');
    const written = readFileSync(spans, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(written).toEqual([
      {
        pid: child.pid,
        name: 'tools/call hello',
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: expect.any(String),
        parent: 'b7ad6b7169203331',
      },
    ]);
  });
});
