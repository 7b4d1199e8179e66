import type { LoadedConfig } from '../config/load.ts';
import { HealError } from '../errors.ts';

const named = /^([\w!#$%&'*+.^`|~-]+)=(\w+)$/;

/**
 * Adds headers with values from the environment to those of `proxy.headers`. Values are never passed as arguments,
 * which every user of the machine can read.
 *
 * @param args Each as `Name=VARIABLE`.
 * @throws HealError CONFIG_INVALID if one has another form.
 */
export const withHeaders = (loaded: LoadedConfig, args: readonly string[] = []): LoadedConfig => {
  if (args.length === 0) return loaded;
  const headers = args.map((word) => {
    const [, name, variable] = named.exec(word) ?? [];
    if (name !== undefined && variable !== undefined) return [name, `\${${variable}}`] as const;
    // Does not show the argument, which may be the secret itself.
    throw new HealError(
      'CONFIG_INVALID',
      '--header-env takes a header and a variable, as in Authorization=API_AUTHORIZATION',
    );
  });
  const { config } = loaded;
  const proxy = { ...config.proxy, headers: { ...config.proxy.headers, ...Object.fromEntries(headers) } };
  return { ...loaded, config: { ...config, proxy } };
};

/** Returns the words of header values that are secrets by themselves, as in `Bearer TOKEN`. */
export const secretsIn = (headers: Readonly<Record<string, string>>): string[] =>
  Object.values(headers).flatMap((value) => {
    const args = value.split(/[\s,;=]+/);
    return args.length < 2 ? [] : args.filter((word) => word.length >= 8);
  });
