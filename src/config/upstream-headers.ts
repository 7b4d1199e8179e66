import { HealError } from '../errors.ts';
import { shownVariable } from './literal-secrets.ts';
import type { Config } from './schema.ts';

const reference = /\$\{(\w+)\}/g;

/** The names of the environment variables that a header's value refers to. */
export const variablesIn = (value: string): string[] =>
  [...value.matchAll(reference)].map(([, name]) => name as string);

/**
 * The headers of `proxy.headers`, with the environment's values in place of their names.
 *
 * @throws HealError CONFIG_INVALID if a variable is not set, or has characters that a header cannot contain. It never shows a value.
 */
export const upstreamHeaders = ({ proxy }: Config, env: NodeJS.ProcessEnv): Record<string, string> => {
  const valueFor = (header: string, name: string): string => {
    // A value that was read from a file often still ends with the file's line end.
    const value = env[name]?.trim() ?? '';
    const refuse = (reason: string): HealError =>
      new HealError(
        'CONFIG_INVALID',
        `proxy.headers.${header}: the environment variable ${shownVariable(name, env)} ${reason}`,
      );
    if (value === '') throw refuse(`is not set; set it where the proxy is started, or take the header away`);
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) throw refuse('holds characters that a header value cannot contain');
    return value;
  };
  return Object.fromEntries(
    Object.entries(proxy.headers).map(([header, value]) => [
      header,
      value.replace(reference, (_, name: string) => valueFor(header, name)),
    ]),
  );
};
