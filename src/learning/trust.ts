import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, extname, isAbsolute, join, resolve } from 'node:path';
import { neverTrusted, programRefused } from './never-trusted.ts';
import { replaceableBy } from './safe-path.ts';

/** A command that a lesson may run, or why not. */
export type Trust = { readonly argv: readonly [string, ...string[]] } | { readonly refused: string };

/** An entry of `learn.programs`: a path, or a command, whose last word may be `...`. */
export type ProgramEntry = string | readonly string[];

export interface TrustOptions {
  /** What lessons may run: `learn.programs`. */
  readonly programs: readonly ProgramEntry[];
  /** The environment variable PATH. */
  readonly path: string | undefined;
  /** The folder that a relative path of the configuration starts from. */
  readonly cwd: string;
  /** @default that of this process */
  readonly platform?: NodeJS.Platform;
}

/** No option, no path, no host, no assignment. */
const plainWord = /^[\p{L}\p{N}_][\p{L}\p{N}_-]*$/u;
const more = '...';

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

const windowsExtensions = ['.exe', '.com'];

const withExtension = (path: string, { platform = process.platform }: TrustOptions): string | undefined => {
  const isWindows = platform === 'win32';
  if (isWindows && !windowsExtensions.includes(extname(path).toLowerCase())) {
    return windowsExtensions.map((extension) => `${path}${extension}`).find(isExecutable);
  }
  return isExecutable(path) ? path : undefined;
};

/** The path of the program that would run; undefined if there is none. */
const findProgram = (program: string, options: TrustOptions): string | undefined => {
  if (/[/\\]/.test(program)) return withExtension(resolve(options.cwd, program), options);
  return (options.path ?? '')
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => withExtension(join(folder, program), options))
    .find((found) => found !== undefined);
};

const realOf = (path: string): string | undefined => {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
};

const allows = (fixed: readonly string[] | null, given: readonly string[]): boolean => {
  if (fixed === null) return given.every((argument) => plainWord.test(argument));
  const hasMore = fixed.at(-1) === more;
  const words = hasMore ? fixed.slice(0, -1) : fixed;
  if (given.length < words.length || words.some((word, index) => word !== given[index])) return false;
  const rest = given.slice(words.length);
  return hasMore ? rest.every((argument) => plainWord.test(argument)) : rest.length === 0;
};

/** The path of the program as it is listed, if an entry allows the command. */
const listedPath = (
  found: string,
  given: readonly string[],
  entry: ProgramEntry,
  options: TrustOptions,
): string | undefined => {
  const [program = '', ...fixed] = typeof entry === 'string' ? [resolve(options.cwd, entry)] : entry;
  if (!allows(typeof entry === 'string' ? null : fixed, given)) return undefined;
  const listed = findProgram(program, options);
  if (listed === undefined || realOf(listed) !== realOf(found)) return undefined;
  // One program may do different things by its name.
  return basename(listed) === basename(found) ? listed : undefined;
};

const yamlWord = (word: string): string =>
  /^[A-Za-z/][\w./-]*$/.test(word) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(word)
    ? word
    : JSON.stringify(word);

/** The entry of `learn.programs` that allows exactly a command. */
export const programEntry = (argv: readonly string[]): string => `[${argv.map(yamlWord).join(', ')}]`;

/** What is run, and the script of an interpreter: nobody else may be able to replace them. */
const replaceable = (path: string, given: readonly string[]): string | null => {
  const real = realOf(path) ?? path;
  const scripts = given.filter((argument) => isAbsolute(argument)).map(realOf);
  const paths = [
    join(realOf(dirname(path)) ?? dirname(path)),
    real,
    ...scripts.filter((script) => script !== undefined),
  ];
  for (const one of paths) {
    const refused = replaceableBy(one);
    if (refused !== null) return refused;
  }
  return null;
};

/**
 * Checks whether a lesson may run a command: an entry of `learn.programs` allows the program with these arguments, no other user
 * can replace it, and it is none of those that are known to run what their arguments say. What may run comes from the
 * configuration alone: no lesson, agent or fleet adds to it.
 *
 * @returns the command with the path of its program as it is listed.
 */
export const trust = (argv: readonly string[], options: TrustOptions): Trust => {
  const refused = neverTrusted(argv);
  if (refused !== null) return { refused };
  const [program = '', ...given] = argv;
  const found = findProgram(program, options);
  if (found === undefined) return { refused: `the program \`${program}\` was not found` };
  // A link may be named like a harmless program.
  const behind = programRefused(realOf(found) ?? found, given);
  if (behind !== null) return { refused: behind };
  const listed = options.programs
    .map((entry) => listedPath(found, given, entry, options))
    .find((path) => path !== undefined);
  if (listed === undefined) {
    return {
      refused: `\`${argv.join(' ')}\` is not in \`learn.programs\`: add the entry ${programEntry(argv)} there if lessons may run it`,
    };
  }
  // On Windows, the bits of the mode say nothing about who may write.
  const unsafe = (options.platform ?? process.platform) === 'win32' ? null : replaceable(listed, given);
  return unsafe === null ? { argv: [listed, ...given] } : { refused: `${unsafe}; others could change what would run` };
};
