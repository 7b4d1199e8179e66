import type { LoadedConfig } from '../config/load.ts';
import { HealError } from '../errors.ts';

const named = /^([\w!#$%&'*+.^`|~-]+)=(\w+)$/;

/**
 * Adds headers whose values stand in the environment to those of `proxy.headers`. A value never stands in the words of the
 * command, which every user of the machine can read.
 *
 * @param words Each as `Name=VARIABLE`.
 * @throws HealError CONFIG_INVALID where one is none.
 */
export const withHeaders = (loaded: LoadedConfig, words: readonly string[] = []): LoadedConfig => {
  if (words.length === 0) return loaded;
  const headers = words.map((word) => {
    const [, name, variable] = named.exec(word) ?? [];
    if (name !== undefined && variable !== undefined) return [name, `\${${variable}}`] as const;
    // What stands there instead may be the secret itself.
    throw new HealError(
      'CONFIG_INVALID',
      '--header-env is a header and a variable, as in Authorization=API_AUTHORIZATION',
    );
  });
  const { config } = loaded;
  const proxy = { ...config.proxy, headers: { ...config.proxy.headers, ...Object.fromEntries(headers) } };
  return { ...loaded, config: { ...config, proxy } };
};

/** The words of header values that are secrets by themselves, as in `Bearer TOKEN`. */
export const secretsIn = (headers: Readonly<Record<string, string>>): string[] =>
  Object.values(headers).flatMap((value) => {
    const words = value.split(/[\s,;=]+/);
    return words.length < 2 ? [] : words.filter((word) => word.length >= 8);
  });
