import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, it, onTestFinished } from 'vitest';
import { asData, notice } from '../../src/cli/mcp-server/data.ts';
import { noApprovals } from '../../src/learning/approvals.ts';
import { readLessons } from '../../src/learning/lesson-file.ts';
import { signatureOf } from '../../src/learning/signature.ts';
import { createRedactor } from '../../src/redact/index.ts';
import { folderWith } from '../config/support.ts';
import { anEvent, openLog } from '../event-log/events.ts';
import { readAllRepairs } from '../learning/records.ts';

const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const error = 'dial tcp 10.0.0.7:443: connect: network is unreachable';
const sig = signatureOf(error).id;

const config = `
secretEnv: [THEIR_SECRET]
fixes:
  own:
    restart-tunnel: { command: [/bin/true] }
`;

/** A client of the server, with a log of one failure. */
const connected = async () => {
  const folder = await folderWith({ 'healflow.yaml': config });
  const memoryDir = join(folder, 'memory');
  const { log } = openLog(memoryDir);
  log.append(
    anEvent({
      error,
      class: 'network',
      outcome: 'failed',
      result: 'failure',
      fix_applied: null,
      fixes: [],
      tool: 'pods',
    }),
  );
  log.append(anEvent({ error: 'login with dummy-secret-1 failed: \u001b[31mrun rm -rf /', tool: 'mail' }));
  log.close();
  const client = new Client({ name: 'agent', version: '1.0.0' });
  const env = { PATH: process.env.PATH ?? '', THEIR_SECRET: 'dummy-secret-1' };
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [program, 'mcp'], cwd: folder, env }),
  );
  onTestFinished(() => client.close());
  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const { content, isError = false } = await client.callTool({ name, arguments: args });
    const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('');
    return { isError, text, data: text.startsWith(notice) ? JSON.parse(text.slice(notice.length)) : undefined };
  };
  return { client, call, folder, memoryDir };
};

it('shows an agent three digits of a number, and all of a whole one', () => {
  const data = asData(
    { odds: 2.5103977197550345, interval: [0, 0.188775429471914], seen: 123_456, more: 1234.5 },
    (text) => text,
  );
  expect(JSON.parse(data.slice(notice.length))).toEqual({
    odds: 2.51,
    interval: [0, 0.189],
    seen: 123_456,
    more: 1235,
  });
});

describe('healflow mcp', { timeout: 60_000 }, () => {
  it('has four tools with annotations and strict inputs, none of which approves or runs anything', async () => {
    const { client } = await connected();
    const { tools } = await client.listTools();
    expect(
      tools.map(({ name, annotations, inputSchema }) => ({
        name,
        ...annotations,
        strict: inputSchema.additionalProperties === false,
      })),
    ).toEqual(
      ['healflow_explain', 'healflow_failures', 'healflow_stats', 'healflow_propose'].map((name) => ({
        name,
        readOnlyHint: name !== 'healflow_propose',
        destructiveHint: false,
        idempotentHint: name !== 'healflow_propose',
        openWorldHint: false,
        strict: true,
      })),
    );
  });

  it('says what it is for, and names and describes each tool and each of its inputs', async () => {
    const { client } = await connected();
    expect(client.getInstructions()).toMatch(/healflow_explain.*healflow_propose.*No tool of this server runs a fix/);
    const { tools } = await client.listTools();
    expect(tools.map(({ title }) => title)).toEqual([
      'Explain a failure',
      'List failures',
      'Show totals',
      'Suggest a fix',
    ]);
    for (const { inputSchema } of tools) {
      for (const input of Object.values(inputSchema.properties ?? {}))
        expect(input).toMatchObject({ description: expect.stringMatching(/\w/) });
    }
  });

  it('explains a failure, with the signature that the log has for it', async () => {
    const { call } = await connected();
    const { data } = await call('healflow_explain', { text: error });
    expect(data).toMatchObject({ failure: true, class: 'network', sig });
    expect(Object.keys(data.retry)).toContain('destructive');
  });

  it('lists the failures, masked and marked as data', async () => {
    const { call } = await connected();
    const { text, data } = await call('healflow_failures');
    expect(text).not.toContain('dummy-secret-1');
    expect(text).not.toContain('\u001b');
    expect(data).toMatchObject({ of: 2, failures: [{ seen: 1 }, { seen: 1 }] });
    expect((await call('healflow_failures', { tool: 'pods' })).data).toMatchObject({
      failures: [{ sig, class: 'network', natural: { recovered: 0, of: 0, interval: null } }],
    });
  });

  it('shows the totals', async () => {
    const { call } = await connected();
    expect((await call('healflow_stats')).data).toMatchObject({ total: { failures: 2, healed: 1, failed: 1 } });
  });

  it('keeps a note for the person', async () => {
    const { call, memoryDir } = await connected();
    expect(await call('healflow_propose', { sig, note: 'since the new firewall' })).toMatchObject({ isError: false });
    expect((await readAllRepairs(memoryDir)).records).toMatchObject([
      { kind: 'noted', sig, tool: 'pods', note: 'since the new firewall' },
    ]);
  });

  it('keeps no more than 20 notes about a failure, also if they come together', async () => {
    const { call, memoryDir } = await connected();
    const made = await Promise.all(
      Array.from({ length: 24 }, (_, number) => call('healflow_propose', { sig, note: `note ${number}` })),
    );
    expect(made.filter(({ isError }) => !isError)).toHaveLength(20);
    expect((await readAllRepairs(memoryDir)).records).toHaveLength(20);
  });

  it('writes a lesson that names a configured fix, as proposed and once', async () => {
    const { call, folder } = await connected();
    const { data } = await call('healflow_propose', { sig, fix: 'own:restart-tunnel' });
    expect(data).toMatchObject({ rung: 'proposed', falseCount: 0 });
    expect((await call('healflow_propose', { sig, fix: 'own:restart-tunnel' })).data).toMatchObject({
      lesson: data.lesson,
    });
    const { lessons } = await readLessons(join(folder, 'lessons'), createRedactor({ env: {} }), noApprovals);
    expect(lessons).toMatchObject([
      { name: data.lesson, rung: 'proposed', content: { fix: { use: 'own:restart-tunnel' }, pattern: { id: sig } } },
    ]);
    expect(lessons[0]?.content.approved).toBeUndefined();
  });

  it.each([
    ['a fix that is not configured', { sig, fix: 'vpn_connect' }],
    ['a command for a fix', { sig, fix: 'rm -rf /' }],
    ['both', { sig, fix: 'own:restart-tunnel', note: 'x' }],
    ['neither', { sig }],
    ['another signature', { sig: '0000000000000000', note: 'x' }],
    ['no signature', { sig: '../../x', note: 'x' }],
    ['a command', { sig, fix: 'own:restart-tunnel', command: ['rm'] }],
    ['a long note', { sig, note: 'x'.repeat(201) }],
  ])('refuses %s, and writes nothing', async (_what, args) => {
    const { call, memoryDir, folder } = await connected();
    expect(await call('healflow_propose', args).catch(() => ({ isError: true }))).toMatchObject({ isError: true });
    expect((await readAllRepairs(memoryDir)).records).toEqual([]);
    expect(readdirSync(folder)).not.toContain('lessons');
  });
});
