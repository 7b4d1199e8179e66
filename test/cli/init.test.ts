import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { z } from 'zod';
import { init } from '../../src/cli/init.ts';
import { knownKeys } from '../../src/config/known-keys.ts';
import { loadConfig } from '../../src/config/load.ts';
import { configSchema } from '../../src/config/schema.ts';
import { starter } from '../../src/config/starter.ts';
import { folderWith } from '../config/support.ts';

/** Runs `healflow init` in a folder; returns its exit code and output. */
const initIn = async (folder: string, force = false): Promise<{ code: number; out: string; err: string }> => {
  const output = { out: '', err: '' };
  const cwd = vi.spyOn(process, 'cwd').mockReturnValue(folder);
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output.out += String(text);
    return true;
  });
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    output.err += String(text);
    return true;
  });
  onTestFinished(() => {
    for (const spy of [cwd, out, err]) spy.mockRestore();
  });
  return { code: await init({ force }), ...output };
};

/** The starter with every option enabled. */
const switchedOn = starter
  .split('\n')
  .filter((line) => !line.startsWith('##'))
  .map((line) => line.replace(/^# /, ''))
  .join('\n');

describe('healflow init', () => {
  it('writes a starter that loads unchanged and equals the defaults', async () => {
    const folder = await folderWith();
    const { code, out } = await initIn(folder);
    expect([code, out]).toEqual([0, 'healflow.yaml was written; run "healflow check" to validate it\n']);
    expect(await readdir(folder)).toEqual(['healflow.yaml']);
    expect((await loadConfig({ cwd: folder })).config).toEqual(configSchema.parse({}));
  });

  it.each(['healflow.yaml', 'healflow.yml'])('keeps an existing %s, and leaves no other files', async (name) => {
    const folder = await folderWith({ [name]: 'attempts: 7\n' });
    const { code, err } = await initIn(folder);
    expect([code, err]).toEqual([2, `healflow: ${name} already exists; use --force to overwrite it\n`]);
    expect(await readFile(join(folder, name), 'utf8')).toBe('attempts: 7\n');
    expect(await readdir(folder)).toEqual([name]);
  });

  it('overwrites an existing file with force', async () => {
    const folder = await folderWith({ 'healflow.yaml': 'attempts: 7\n' });
    expect((await initIn(folder, true)).code).toBe(0);
    const text = await readFile(join(folder, 'healflow.yaml'), 'utf8');
    const [line = '', schema = ''] = /^# yaml-language-server: \$schema=(\/\S+)\n/.exec(text) ?? [];
    expect(text).toBe(`${line}${starter}`);
    expect(JSON.parse(await readFile(schema, 'utf8'))).toMatchObject({ title: 'healflow.yaml' });
  });

  it('rejects options that require --client', async () => {
    const folder = await folderWith();
    vi.spyOn(process, 'cwd').mockReturnValue(folder);
    const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    expect(await init({ undo: true })).toBe(2);
    expect(err.mock.calls).toEqual([['healflow: --undo only works with --client NAME\n']]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('reports why it cannot write', async () => {
    const folder = await folderWith();
    await mkdir(join(folder, 'healflow.yaml'));
    const { code, err } = await initIn(folder, true);
    expect([code, err]).toEqual([2, 'healflow: healflow.yaml was not written: healflow.yaml is a folder\n']);
    expect(await readdir(folder)).toEqual(['healflow.yaml']);
  });
});

/** All keys of a schema, at any depth. */
const allKeys = (schema: z.ZodType): string[] => {
  const walk = (path: (string | number)[]): string[] => {
    if (path.length > 7) return [];
    return knownKeys(schema, path).flatMap((key) => [key, ...walk([...path, key]), ...walk([...path, key, 0])]);
  };
  return [
    ...new Set([
      ...walk([]),
      ...walk(['tools', 'x']),
      ...walk(['fixes', 'kube_login', 0, 'clusters', 'x']),
      ...walk(['fixes', 'own', 'x']),
    ]),
  ];
};

/** Each scalar of a value, and each list of scalars, by its path. */
const leaves = (value: unknown, path: string): [string, unknown][] =>
  value !== null &&
  typeof value === 'object' &&
  !(Array.isArray(value) && value.every((item) => typeof item !== 'object'))
    ? Object.entries(value).flatMap(([key, item]) => leaves(item, `${path}.${key}`))
    : [[path, value]];

describe('the starter', () => {
  it('loads with every option enabled', async () => {
    const cwd = await folderWith({ 'healflow.yaml': switchedOn });
    const { config } = await loadConfig({ cwd });
    expect(Object.keys(config.fixes).sort()).toEqual(
      Object.keys(configSchema.shape.fixes.parse({ ...config.fixes })).sort(),
    );
    expect(config.patterns).toHaveLength(1);
  });

  it('shows every option', () => {
    const keys = allKeys(configSchema);
    expect(keys.length).toBeGreaterThan(60);
    expect(keys.filter((key) => !new RegExp(`^#+ *(?:- )?${key}:`, 'm').test(starter))).toEqual([]);
  });

  it('shows the actual default of every option that has one', async () => {
    const { config } = await loadConfig({ cwd: await folderWith({ 'healflow.yaml': switchedOn }) });
    const required = { command: ['x'], probe: { tcp: 'x:1' }, oauth: { clientId: 'x', refreshTokenFile: 'x' } };
    const { oauth, ...command } = required;
    const defaults = configSchema.parse({
      tools: { 'get_*': {} },
      fixes: {
        kube_login: { probe: required.probe },
        token_refresh: { oauth, deliver: { header: { name: 'x' } }, probe: required.probe },
        vpn_connect: command,
        cache_clear: { tool: { name: 'x' } },
        own: { restart_tunnel: command },
      },
      patterns: [{ id: 'x', class: 'auth', text: 'x' }],
    });
    const shown = new Map(leaves(config, ''));
    // Empty lists and missing strings are shown by an example.
    const exampled = ['x', 'x:1', null, undefined, 'auth', 'unknown'];
    const wrong = leaves(defaults, '').filter(
      ([path, value]) =>
        !exampled.includes(value as string) &&
        !(Array.isArray(value) && (value.length === 0 || value[0] === 'x')) &&
        JSON.stringify(shown.get(path)) !== JSON.stringify(value),
    );
    expect(wrong).toEqual([]);
  });
});
