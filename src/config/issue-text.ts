import type { z } from 'zod';
import { fixNames } from '../model/terms.ts';
import { knownKeys } from './known-keys.ts';
import type { Path, Problem } from './problem.ts';
import { closest } from './suggest.ts';

type Issue = z.core.$ZodIssue;

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((here, key) => (here as Record<string | number, unknown> | null | undefined)?.[key], value);

const describe = (value: unknown): string => {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return value.length > 60 ? 'a long text' : `the text '${value}'`;
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return `${value}`;
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'a map' : `a ${typeof value}`;
};

const didYouMean = (word: unknown, known: readonly string[]): string | undefined => {
  const meant = typeof word === 'string' ? closest(word, known) : undefined;
  return meant === undefined ? undefined : `did you mean '${meant}'?`;
};

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, sec: 1_000, m: 60_000, min: 60_000, h: 3_600_000 };

/** Suggests what to write instead; undefined if that is not plain to see. */
const adviceFor = (expected: string, value: unknown, key: string | number | undefined): string | undefined => {
  if (expected === 'array' && typeof value === 'string' && key === 'command') {
    const [program = 'program', ...rest] = value.trim().split(/\s+/).slice(0, 3);
    return `a command is a list of its words: [${[program, ...rest].join(', ')}${value.split(/\s+/).length > 3 ? ', ...' : ''}]`;
  }
  const duration = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*(ms|s|sec|m|min|h)$/.exec(value.trim()) : null;
  if (duration && `${key}`.endsWith('Ms')) {
    return `durations are in milliseconds: ${Math.round(Number(duration[1]) * (units[duration[2] ?? ''] ?? 1))}`;
  }
  if ((expected === 'number' || expected === 'int') && typeof value === 'string' && /^\d+$/.test(value)) {
    return 'write it without quotes';
  }
  if (expected === 'array' && typeof value === 'string') return `a list of one is [${value.slice(0, 60)}]`;
  return expected === 'string' && typeof value === 'number' ? 'put it in quotes' : undefined;
};

const limit = (issue: Issue & { code: 'too_small' | 'too_big' }, value: unknown): string => {
  const small = issue.code === 'too_small';
  const bound = small ? issue.minimum : issue.maximum;
  const exclusive = issue.inclusive === false;
  if (issue.origin === 'string')
    return small && bound === 1n
      ? 'must not be empty'
      : small
        ? 'must not be empty'
        : `is longer than ${bound} characters`;
  if (issue.origin === 'array') return issue.message;
  const words = small ? (exclusive ? 'more than' : 'at least') : exclusive ? 'less than' : 'at most';
  return `expected ${words} ${bound}, got ${describe(value)}`;
};

/**
 * Suggests the fix that was meant.
 *
 * @param own The names of the commands of `fixes.own`, in the form that is wanted.
 */
export const whichFix = (name: string, own: readonly string[] = []): string => {
  const rest = own.length === 0 ? 'a command of your own belongs under `fixes.own`' : `your own are ${own.join(', ')}`;
  const all = `the built-in fixes are ${fixNames.join(', ')}; ${rest}`;
  const meant = own.includes(`own:${name}`) ? `did you mean 'own:${name}'?` : didYouMean(name, [...own, ...fixNames]);
  return [meant, all].filter((part) => part !== undefined).join(' ');
};

const unknownKey = (path: Path, key: string, schema: z.core.$ZodType): Problem => {
  const known = knownKeys(schema, path);
  const isFix = path.length === 1 && path[0] === 'fixes';
  const place = { path: [...path, key], at: 'key' } as const;
  if (isFix) return { ...place, problem: `unknown fix '${key}'`, advice: whichFix(key) };
  const all = known.length > 0 ? `known here are ${known.join(', ')}` : undefined;
  return { ...place, problem: `unknown key '${key}'`, advice: didYouMean(key, known) ?? all };
};

/** Whether an issue says that a text is not the name of a fix. */
const isFixIssue = (issue: Issue): boolean => issue.code === 'custom' && issue.params?.isFix === true;

/** The names that a configuration gives to commands of its own, as patterns propose them. */
const ownFixesIn = (root: unknown): string[] => {
  const own = at(root, ['fixes', 'own']);
  return typeof own === 'object' && own !== null ? Object.keys(own).map((name) => `own:${name}`) : [];
};

/** Whether an issue only says that a value is not of the kind that one side of a union wants. */
const isOtherKind = (issue: Issue, value: unknown): boolean =>
  issue.path.length === 0 &&
  ((isFixIssue(issue) && typeof value === 'object') ||
    (issue.code === 'invalid_value' && typeof value === 'object') ||
    issue.code === 'invalid_type' ||
    (issue.code === 'invalid_value' && issue.values.every((value) => typeof value === 'boolean')));

const wanted = (issue: Issue): string =>
  issue.code === 'invalid_type'
    ? (typeNames[issue.expected] ?? issue.expected)
    : issue.code === 'invalid_value'
      ? issue.values.map(String).join(' or ')
      : '';

/** Finds the side of a union that was meant, and says what is wrong by its measure. */
const explainUnion = (
  issue: Issue & { code: 'invalid_union' },
  path: Path,
  root: unknown,
  schema: z.core.$ZodType,
): Problem[] => {
  const value = at(root, path);
  if (value === undefined) return [missing(path)];
  const sides = (issue.errors as readonly Issue[][])
    .filter((side) => !side.every((inner) => isOtherKind(inner, value)))
    .sort((a, b) => a.length - b.length);
  const [best, second] = sides;
  if (best === undefined) {
    const kinds = [...new Set((issue.errors as readonly Issue[][]).flat().map(wanted))].filter(Boolean);
    return [{ path, problem: `expected ${kinds.join(' or ') || 'something else'}, got ${describe(value)}` }];
  }
  if (second !== undefined && second.length === best.length && issue.message !== 'Invalid input')
    return [{ path, problem: issue.message }];
  return best.flatMap((inner) => explainIssue(inner, path, root, schema));
};

const missing = (path: Path): Problem => ({ path, at: 'owner', problem: `the key '${path.at(-1)}' is missing` });

const explainIssue = (issue: Issue, above: Path, root: unknown, schema: z.core.$ZodType): Problem[] => {
  const path = [...above, ...(issue.path as (string | number)[])];
  const value = at(root, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, schema));
    case 'invalid_union':
      return explainUnion(issue, path, root, schema);
    case 'invalid_type': {
      if (value === undefined && path.length > 0) return [missing(path)];
      const problem = `expected ${typeNames[issue.expected] ?? issue.expected}, got ${describe(value)}`;
      return [{ path, problem, advice: adviceFor(issue.expected, value, path.at(-1)) }];
    }
    case 'invalid_value': {
      if (value === undefined) return [missing(path)];
      const values = issue.values.map(String);
      const problem = `expected one of ${values.join(', ')}, got ${describe(value)}`;
      return [{ path, problem, advice: didYouMean(value, values) }];
    }
    case 'too_small':
    case 'too_big':
      return [{ path, problem: limit(issue, value) }];
    case 'invalid_format': {
      const expected = issue.format === 'url' ? 'expected a URL, as in https://host.example/path' : issue.message;
      return [{ path, problem: `${expected}, got ${describe(value)}` }];
    }
    case 'invalid_key': {
      const reason = issue.issues[0]?.message ?? issue.message;
      return [{ path, at: 'key', problem: `the name '${path.at(-1)}' is not allowed: ${reason}` }];
    }
    case 'custom':
      if (!isFixIssue(issue) || typeof value !== 'string') return [{ path, problem: issue.message }];
      return [{ path, problem: `unknown fix '${value}'`, advice: whichFix(value, ownFixesIn(root)) }];
    default:
      return [{ path, problem: issue.message }];
  }
};

/** Describes what zod found: what is wrong at which path, and what to write instead. */
export const explainIssues = (issues: readonly Issue[], root: unknown, schema: z.core.$ZodType): Problem[] =>
  issues.flatMap((issue) => explainIssue(issue, [], root, schema));
