import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { configSchema } from '../../src/config/schema.ts';
import { fixNames } from '../../src/model/terms.ts';
import { secretNameKind } from '../../src/redact/names.ts';
import { redact } from './support.ts';

/** All keys that a schema knows, at any depth. */
const keysIn = (schema: unknown, found = new Set<string>(), depth = 0): Set<string> => {
  const def = (schema as { _zod?: { def: Record<string, unknown> } } | undefined)?._zod?.def;
  if (def === undefined || depth > 12) return found;
  for (const [key, member] of Object.entries((def.shape as Record<string, z.ZodType>) ?? {})) {
    found.add(key);
    keysIn(member, found, depth + 1);
  }
  for (const part of ['innerType', 'element', 'valueType', 'in', 'out']) keysIn(def[part], found, depth + 1);
  for (const option of (def.options as unknown[]) ?? []) keysIn(option, found, depth + 1);
  return found;
};

describe("healflow's own words", () => {
  const words = [...keysIn(configSchema), ...fixNames];

  it('are many', () => {
    expect(words).toEqual(
      expect.arrayContaining(['token_refresh', 'secretEnv', 'clientSecretEnv', 'deliver', 'tokenEnv']),
    );
    expect(words.length).toBeGreaterThan(60);
  });

  it('name no secret', () => {
    expect(words.filter((word) => secretNameKind(word) !== null)).toEqual([]);
  });

  it.each([
    (one: string, other: string) => `${one}: ${other}\n`,
    (one: string, other: string) => `  ${one}: ${other}`,
    (one: string, other: string) => `${one}: the new token: give \`${other}\` to it`,
    (one: string, other: string) => `the ${one} has a token: \`${other}\` says where it goes`,
    (one: string, other: string) => `${one}=${other}`,
    (one: string, other: string) => `{"${one}":"${other}"}`,
    (one: string, other: string) => `- ${one}:\n    ${other}:\n`,
    (one: string, other: string) => `config.fixes.${one}[0].${other}`,
    (one: string, other: string) => `unknown key '${one}'; did you mean '${other}'?`,
  ])('stay as they are in a message: %s', (message) => {
    for (const one of words) {
      for (const other of words) expect(redact(message(one, other))).toBe(message(one, other));
    }
  });

  it.each([
    'PWD=/builds/x',
    'PWD=/builds/team/app/ and more',
    '{"PWD":"/builds/x","OLDPWD":"/builds"}',
    'pwd: C:\\builds\\x',
    'the folder: PWD=~/x y',
    'with --upstream: a header from the environment, as in Authorization=API_AUTHORIZATION',
  ])('stay, as does the working folder: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it.each(['PWD=hunter2', 'Driver=x;UID=sa;PWD=/dummy!0', 'pwd: dummy$1x'])('but a password is masked: %s', (text) => {
    expect(redact(text)).toContain('[redacted]');
  });
});
