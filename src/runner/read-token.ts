import { realpathSync } from 'node:fs';
import type { z } from 'zod';
import type { tokenRefreshSchema } from '../config/fix-schema.ts';
import { readRegularFile } from '../platform/regular-file.ts';
import { errorText } from '../text/error-text.ts';
import type { FixContext } from './context.ts';
import { configPath } from './path.ts';

/** Where a command leaves its token. */
export type TokenSource = NonNullable<z.output<typeof tokenRefreshSchema>['tokenSource']>;

const maxBytes = 1_048_576;

const stepsOf = (path: string | readonly string[]): readonly string[] =>
  typeof path === 'string' ? path.split('.') : path;

const valueAt = (value: unknown, path: string | readonly string[]): unknown =>
  stepsOf(path).reduce<unknown>(
    (here, key) =>
      typeof here === 'object' && here !== null && Object.hasOwn(here, key)
        ? (here as Record<string, unknown>)[key]
        : undefined,
    value,
  );

/** The value of a variable in a file of `NAME=value` lines, as shells and dotenv read them: the last one counts. */
const variableIn = (text: string, name: string): string | undefined => {
  let found: string | undefined;
  for (const line of text.split('\n')) {
    const [, key, value = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === name) found = /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
  }
  return found;
};

const shownPath = (path: string | readonly string[]): string => stepsOf(path).join('.');

/** The parser's own words may quote the text, so they are not shown. */
const parsed = async (text: string, format: 'JSON' | 'YAML', place: string): Promise<unknown> => {
  try {
    return format === 'JSON' ? JSON.parse(text) : (await import('yaml')).parse(text, { logLevel: 'error' });
  } catch {
    throw new Error(`${place} is not valid ${format}`);
  }
};

const extract = async ({ json, yaml, env }: TokenSource, text: string, place: string): Promise<unknown> => {
  if (json !== undefined) return valueAt(await parsed(text, 'JSON', place), json);
  if (yaml !== undefined) return valueAt(await parsed(text, 'YAML', place), yaml);
  return env === undefined ? text : variableIn(text, env);
};

/**
 * Reads the token that a command has left in a file, or in its standard output. Rejects with a message that does not show
 * what is there.
 *
 * @param stdout - The standard output of the command; undefined if it was longer than the limit.
 */
export const readToken = async (
  source: TokenSource,
  stdout: string | undefined,
  context: FixContext,
): Promise<string> => {
  const path = source.file === undefined ? undefined : configPath(source.file, context);
  const place = path ?? 'the standard output of the command';
  let text = stdout;
  if (path !== undefined) {
    try {
      // Login tools and their users like links.
      text = readRegularFile(realpathSync(path), maxBytes).text;
    } catch (error) {
      throw new Error(`the token cannot be read: ${errorText(error)}`);
    }
  }
  if (text === undefined) throw new Error(`the token cannot be read: ${place} is too long`);
  const found = await extract(source, text, place);
  const at = source.json ?? source.yaml ?? source.env;
  const where = at === undefined ? place : `${shownPath(at)} in ${place}`;
  if (typeof found !== 'string' || found.trim() === '') throw new Error(`there is no token at ${where}`);
  return found.trim();
};
