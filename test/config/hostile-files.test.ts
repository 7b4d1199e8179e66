import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { literalSecrets } from '../../src/config/literal-secrets.ts';
import { load, problemsOf, refusal } from './support.ts';

describe('a file that somebody wrote to do harm', () => {
  it('refuses aliases that would unfold without end or for too long, without unfolding them', async () => {
    const inside = {
      code: 'CONFIG_INVALID',
      lines: expect.arrayContaining([expect.stringContaining('refers to a collection that contains it')]),
    };
    expect(await refusal(load('attempts: &a [*a, *a]\n'))).toMatchObject(inside);
    expect(await refusal(load('fixes: &a\n  one: { x: [*a, *a] }\n  two: *a\n'))).toMatchObject(inside);
    expect(await problemsOf(`attempts: &a 1\nx: [${'*a, '.repeat(15_000)}]\n`)).toEqual([
      expect.stringContaining('the file has more than 300 aliases'),
    ]);
    expect(await problemsOf(`attempts:\n  ${'? '.repeat(15_000)}\n`)).toEqual([
      expect.stringContaining('nested too deeply'),
    ]);
  });

  it('remembers the secrets in a list that contains itself', () => {
    const list: unknown[] = ['dummy-Secret-99881'];
    list.push(list, list);
    const config: Record<string, unknown> = { token: list };
    config.more = [config, config];
    expect(literalSecrets(config, {})).toEqual(['dummy-Secret-99881']);
  });

  it('prints no warning of the process for keys that are no texts', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    onTestFinished(() => warned.mockRestore());
    expect(await problemsOf('tools:\n  ? { dummy: [secret] }\n  : 1\n')).toEqual([
      expect.stringContaining('a key must be a plain text'),
    ]);
    expect(warned).not.toHaveBeenCalled();
  });
});
