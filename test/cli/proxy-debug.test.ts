import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const server = fileURLToPath(new URL('../fixtures/mcp/sdk-server.mjs', import.meta.url));

/** Calls a tool with an expired login through the proxy; returns the proxy's output. */
const callThroughProxy = async (debug: string | undefined): Promise<{ stdout: string[]; stderr: string }> => {
  const folder = mkdtempSync(join(tmpdir(), 'healflow-debug-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const login = `require('fs').writeFileSync(${JSON.stringify(join(folder, 'login'))}, 'valid')`;
  const kube_login = { tools: ['k8s_*'], command: [process.execPath, '-e', login], clusters: { test: {} } };
  const config = join(folder, 'healflow.yaml');
  writeFileSync(config, JSON.stringify({ fixes: { kube_login } }));
  const child = spawn(
    process.execPath,
    [program, 'proxy', '--config', config, '--memory', join(folder, 'memory'), '--', process.execPath, server],
    { env: { PATH: process.env.PATH, LOGIN_FILE: join(folder, 'login'), HEALFLOW_DEBUG: debug } },
  );
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const send = (message: object): boolean => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const clientInfo = { name: 'test', version: '1.0.0' };
  send({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo } });
  const stdout: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    stdout.push(line);
    const { id } = JSON.parse(line);
    if (id === 1) {
      send({ method: 'notifications/initialized' });
      send({ id: 2, method: 'tools/call', params: { name: 'k8s_get_pods', arguments: { cluster: 'test' } } });
    }
    if (id === 2) child.stdin.end();
  }
  if (child.exitCode === null) await once(child, 'exit');
  return { stdout, stderr };
};

describe('HEALFLOW_DEBUG in the proxy', () => {
  it('writes the decisions to stderr; stdout only has the protocol', async () => {
    const { stdout, stderr } = await callThroughProxy('1');
    for (const line of stdout) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
    expect(JSON.parse(stdout.at(-1) ?? '')).toMatchObject({ id: 2, result: { content: [{ type: 'text' }] } });
    const decisions = stderr.split('\n').filter((line) => line.startsWith('healflow debug: k8s_get_pods '));
    expect(decisions.map((line) => line.replace(/^healflow debug: \S+ \S+ /, ''))).toEqual([
      expect.stringMatching(/^attempt 1 failed, recognised as auth by /),
      expect.stringMatching(/^fix chosen: kube_login, runs /),
      expect.stringMatching(/^fix kube_login succeeded after /),
      expect.stringMatching(/^retry allowed because /),
      'attempt 2 succeeded',
      expect.stringMatching(/^outcome: healed after 2 attempts in /),
    ]);
  });

  it('writes nothing if it is unset', async () => {
    const { stderr } = await callThroughProxy(undefined);
    expect(stderr).not.toContain('healflow debug');
  });
});
