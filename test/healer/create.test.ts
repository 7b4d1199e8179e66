import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createHealer } from '../../src/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healflow-create-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const events = (): Record<string, unknown>[] =>
  parse(readFileSync(join(folder, 'memory/learned/tool_fixes.yaml'), 'utf8')).healing_events;

const failOnce = (error: unknown) => {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls === 1) throw error;
    return calls;
  };
};

describe('createHealer', () => {
  it('heals the documented story and writes the documented record', async () => {
    let logins = 0;
    const healer = await createHealer({
      cwd: folder,
      fixes: {
        kube_login: () => {
          logins += 1;
        },
      },
    });
    const error = new Error('error: You must be logged in to the server (Unauthorized)');
    await expect(healer.run('k8s_get_pods', failOnce(error))).resolves.toBe(2);
    await healer.close();
    expect(logins).toBe(1);
    const [event] = events();
    expect(Object.keys(event ?? {}).slice(0, 6)).toEqual([
      'timestamp',
      'tool',
      'error',
      'fix_applied',
      'result',
      'retry_count',
    ]);
    expect(event).toMatchObject({
      tool: 'k8s_get_pods',
      error: expect.stringContaining('Unauthorized'),
      fix_applied: 'kube_login',
      result: 'success',
      retry_count: 1,
    });
  });

  it('reads healflow.yaml in its folder', async () => {
    writeFileSync(join(folder, 'healflow.yaml'), 'attempts: 1\nlog: all\n');
    const healer = await createHealer({ cwd: folder, fixes: { token_refresh: () => {} } });
    const error = new Error('401 Unauthorized');
    await expect(healer.run('tool', failOnce(error))).rejects.toBe(error);
    await expect(healer.run('tool', () => 'fine')).resolves.toBe('fine');
    await healer.close();
    expect(events()).toMatchObject([
      { result: 'failure', retry_count: 0 },
      { result: 'success', error: null },
    ]);
  });

  it('refuses a configuration that it does not understand', async () => {
    writeFileSync(join(folder, 'healflow.yaml'), 'atempts: 1\n');
    await expect(createHealer({ cwd: folder })).rejects.toMatchObject({
      name: 'HealError',
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/healflow\.yaml:1:1: .*atempts.*attempts/s),
    });
  });

  it('keeps results though the log cannot be written, and says so once', async () => {
    mkdirSync(join(folder, 'memory/learned/tool_fixes.yaml'), { recursive: true });
    const warnings: string[] = [];
    const healer = await createHealer({
      cwd: folder,
      fixes: { token_refresh: { run: () => {}, cooldownMs: 0 } },
      warn: (message) => warnings.push(message),
    });
    const error = new Error('401 Unauthorized');
    await expect(healer.run('a', failOnce(error))).resolves.toBe(2);
    await expect(healer.run('b', failOnce(error))).resolves.toBe(2);
    await healer.close();
    expect(warnings).toEqual([expect.stringContaining('tool_fixes.yaml cannot be written')]);
  });

  it('lets no configured secret into the log', async () => {
    const healer = await createHealer({
      cwd: folder,
      env: { ACME: 'dummy-s3cr3t-value' },
      config: { secretEnv: ['ACME'] },
    });
    await healer.run('tool', failOnce(new Error('401 Unauthorized for dummy-s3cr3t-value'))).catch(() => {});
    await healer.close();
    const log = readFileSync(join(folder, 'memory/learned/tool_fixes.yaml'), 'utf8');
    expect(log).toContain('401 Unauthorized');
    expect(log).not.toContain('dummy-s3cr3t-value');
  });

  it('takes what the config says of a tool over its annotations', async () => {
    const healer = await createHealer({ cwd: folder, config: { tools: { 'get_*': { kind: 'read-only' } } } });
    const outcome = await healer.runOutcome('get_it', () => 'fine', { annotations: { destructiveHint: true } });
    expect(outcome.kind).toBe('read-only');
    await healer.close();
  });

  it('leaves a healthy result alone that only mentions an error', async () => {
    const healer = await createHealer({ cwd: folder });
    const page = { content: [{ type: 'text', text: 'The retry on 401 Unauthorized and connection refused works.' }] };
    await expect(healer.run('read_page', () => page)).resolves.toBe(page);
    await healer.close();
  });
});
