import { createReadStream } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { z } from 'zod';
import { checkPatterns } from '../diagnosis/check.ts';
import { type Pattern, patternSchema } from '../diagnosis/pattern.ts';
import { HealError } from '../errors.ts';
import type { FixName } from '../model/terms.ts';
import { errorCode, isPathNotFound } from '../platform/fs.ts';
import { createRedactor, type Redactor } from '../redact/index.ts';
import { configPaths } from './config-file-names.ts';
import { crossCheck, findWarnings } from './cross-check/index.ts';
import { warnPrograms } from './cross-check/programs.ts';
import { checkProposedFixes } from './cross-check/proposed-fixes.ts';
import type { Finding, Source } from './finding.ts';
import { explainIssues } from './issue-text.ts';
import { literalSecrets } from './literal-secrets.ts';
import { objectSource } from './object-source.ts';
import { resolvePaths } from './paths.ts';
import type { Path, Problem } from './problem.ts';
import { type Config, type ConfigInput, configSchemaFor } from './schema.ts';
import { YamlSource } from './yaml-source.ts';

export interface ReadOptions {
  /** The file to read. @default `healflow.yaml` or `healflow.yml` in `cwd`, if there is one */
  readonly configFile?: string | undefined;
  /** The configuration as an object, in place of a file. */
  readonly config?: ConfigInput | undefined;
  /** @default process.cwd() */
  readonly cwd?: string | undefined;
  /** The fixes that are given as functions: they need no command. */
  readonly functions?: readonly FixName[] | undefined;
}

/** One file, or the object in its place, with all that is wrong in it. */
export interface ReadPart {
  readonly name: string;
  readonly patterns: Pattern[];
  readonly problems: Finding[];
  /** What works, but probably not as intended. */
  readonly warnings: Finding[];
}

export interface ReadConfig {
  /** Null if it could not even be filled in. */
  readonly config: Config | null;
  /** The configuration as it was written, without the defaults; only if it is valid. */
  readonly written?: ConfigInput;
  readonly file: string | null;
  readonly baseDir: string;
  /** The configuration first, then its pattern files. */
  readonly parts: readonly ReadPart[];
}

const maxFileBytes = 1_048_576;

export const patternFileSchema = z.union(
  [z.array(patternSchema), z.strictObject({ patterns: z.array(patternSchema) })],
  {
    error: 'expected a list of patterns, or a map with `patterns`',
  },
);

const newPart = (name: string): ReadPart => ({ name, patterns: [], problems: [], warnings: [] });

/** The text of a file, or why it cannot be read. */
export const readText = async (
  path: string,
): Promise<{ readonly text: string } | { readonly reason: string; readonly missing: boolean }> => {
  try {
    // No more is read than may be there: the file may be a device without end.
    const chunks: Buffer[] = await createReadStream(path, { end: maxFileBytes }).toArray();
    const bytes = Buffer.concat(chunks);
    if (bytes.length > maxFileBytes) return { reason: `is larger than ${maxFileBytes} bytes`, missing: false };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    if (isPathNotFound(error)) return { reason: 'does not exist', missing: true };
    const code = errorCode(error);
    const reasons: Record<string, string> = { EISDIR: 'is a folder', EACCES: 'cannot be read: permission denied' };
    return {
      reason: reasons[code ?? ''] ?? (error instanceof TypeError ? 'is not UTF-8 text' : `cannot be read: ${code}`),
      missing: false,
    };
  }
};

/** The way people write a path: relative to where they are, if it lies below. */
export const shownPath = (path: string, cwd: string): string => {
  const way = relative(cwd, path);
  return way === '' || way.startsWith('..') || isAbsolute(way) ? path : way;
};

interface Main {
  readonly file: string | null;
  readonly baseDir: string;
  readonly value: unknown;
  readonly source: Source;
  readonly part: ReadPart;
}

const readMainFile = async (file: string, cwd: string, redact: Redactor): Promise<Main> => {
  const name = shownPath(file, cwd);
  const read = await readText(file);
  if ('reason' in read) {
    throw new HealError(
      read.missing ? 'CONFIG_NOT_FOUND' : 'CONFIG_INVALID',
      `the configuration file ${name} ${read.reason}`,
    );
  }
  const source = new YamlSource(name, read.text, redact);
  const part = newPart(name);
  part.problems.push(...source.errors);
  return { file, baseDir: dirname(file), value: source.value ?? {}, source, part };
};

const readMain = async (options: ReadOptions, cwd: string, redact: Redactor): Promise<Main> => {
  const { config, configFile } = options;
  if (config !== undefined && configFile !== undefined) {
    throw new HealError('CONFIG_INVALID', 'either a configuration or a configuration file can be given, not both');
  }
  if (configFile !== undefined) return readMainFile(resolve(cwd, configFile), cwd, redact);
  if (config !== undefined) {
    for (const secret of literalSecrets(config)) redact.remember(secret);
    return { file: null, baseDir: cwd, value: config, source: objectSource('config', redact), part: newPart('config') };
  }
  for (const path of configPaths(undefined, cwd)) {
    try {
      return await readMainFile(path, cwd, redact);
    } catch (error) {
      if (!(error instanceof HealError && error.code === 'CONFIG_NOT_FOUND')) throw error;
    }
  }
  return { file: null, baseDir: cwd, value: {}, source: objectSource('config', redact), part: newPart('defaults') };
};

/** Where a pattern is. */
interface Origin {
  readonly pattern: Pattern;
  readonly part: ReadPart;
  readonly source: Source;
  readonly path: Path;
}

/** Reads one pattern file; what is wrong with it goes to its own part. */
const readPatternFile = async (
  file: string,
  cwd: string,
  redact: Redactor,
): Promise<{ part: ReadPart; origins: Origin[]; reason?: string }> => {
  const part = newPart(shownPath(file, cwd));
  const read = await readText(file);
  if ('reason' in read) return { part, origins: [], reason: read.reason };
  const source = new YamlSource(part.name, read.text, redact);
  part.problems.push(...source.errors);
  if (source.value === undefined) return { part, origins: [] };
  const parsed = patternFileSchema.safeParse(source.value);
  if (!parsed.success) {
    part.problems.push(
      ...explainIssues(parsed.error.issues, source.value, patternFileSchema).map((problem) => source.locate(problem)),
    );
    return { part, origins: [] };
  }
  const isList = Array.isArray(parsed.data);
  const patterns = Array.isArray(parsed.data) ? parsed.data : parsed.data.patterns;
  part.patterns.push(...patterns);
  const origins = patterns.map((pattern, index) => ({
    pattern,
    part,
    source,
    path: isList ? [index] : ['patterns', index],
  }));
  return { part, origins };
};

const checkOrigins = (origins: readonly Origin[]): void => {
  for (const problem of checkPatterns(origins.map(({ pattern }) => pattern))) {
    const origin = origins[problem.index];
    if (origin === undefined) continue;
    const { message, advice, offset } = problem;
    // `examples` may have been given as one text; then there is no index.
    const path = [...origin.path, ...problem.path];
    const finding = origin.source.locate({ path, problem: message, advice, offset });
    const { warnings, problems } = origin.part;
    (problem.isWarning === true ? warnings : problems).push(finding);
  }
};

/** The patterns that can be looked at even though something else is wrong. */
const validPatterns = (value: unknown): [Pattern, number][] => {
  const { patterns } = Object(value) as { patterns?: unknown };
  if (!Array.isArray(patterns)) return [];
  return patterns.flatMap((pattern, index): [Pattern, number][] => {
    const parsed = patternSchema.safeParse(pattern);
    return parsed.success ? [[parsed.data, index]] : [];
  });
};

/**
 * Reads a configuration and its pattern files, and finds all that is wrong in them.
 *
 * @throws HealError `CONFIG_NOT_FOUND` or `CONFIG_INVALID` where the configuration file itself cannot be read.
 */
export const readConfig = async (options: ReadOptions = {}): Promise<ReadConfig> => {
  const cwd = resolve(options.cwd ?? process.cwd());
  const redact = createRedactor();
  const { file, baseDir, value, source, part } = await readMain(options, cwd, redact);
  const parts = [part];
  const say = (problems: readonly Problem[], list: Finding[]): void => {
    list.push(...problems.map((problem) => source.locate(problem)));
  };
  if (part.problems.length > 0) return { config: null, file, baseDir, parts };
  const schema = configSchemaFor(options.functions ?? []);
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    say(explainIssues(parsed.error.issues, value, schema), part.problems);
    checkOrigins(
      validPatterns(value).map(([pattern, index]) => ({ pattern, part, source, path: ['patterns', index] })),
    );
    return { config: null, file, baseDir, parts };
  }
  const config = resolvePaths(parsed.data, baseDir);
  say(crossCheck(config, options.functions), part.problems);
  say([...findWarnings(config), ...warnPrograms(parsed.data)], part.warnings);
  part.patterns.push(...config.patterns);
  const origins: Origin[] = config.patterns.map((pattern, index) => ({
    pattern,
    part,
    source,
    path: ['patterns', index],
  }));
  for (const [index, path] of config.patternFiles.entries()) {
    const read = await readPatternFile(path, cwd, redact);
    if (read.reason !== undefined) {
      say(
        [{ path: ['patternFiles', index], problem: `the pattern file ${read.part.name} ${read.reason}` }],
        part.problems,
      );
      continue;
    }
    parts.push(read.part);
    origins.push(...read.origins);
  }
  checkOrigins(origins);
  for (const { pattern, part, source, path } of origins) {
    const unknown = checkProposedFixes(pattern, config.fixes);
    part.problems.push(...unknown.map((problem) => source.locate({ ...problem, path: [...path, ...problem.path] })));
  }
  const complete = { ...config, patterns: origins.map(({ pattern }) => pattern) };
  const isGiven = file !== null || options.config !== undefined;
  return { config: complete, ...(isGiven && { written: value as ConfigInput }), file, baseDir, parts };
};
