import { blanks, exceptionClass, headerLine, stackLine } from './blanks.ts';
import { codeWords, partialWords, phrases, plainWords, steps, transportWords } from './words.ts';

/** Whether a word is a code of a failure that comes before any effect, such as `UnrecognizedClientException`. */
export type IsCode = (word: string) => boolean;

/** What the words of a report are compared with, beside the vocabulary. */
export interface Story {
  /** The name of the tool: a report may repeat it. */
  readonly tool: string;
  readonly isCode: IsCode;
}

const blank = (match: string): string => match.replace(/[^\n]/g, ' ');

/** The words inside an identifier, in lower case: `RateLimitError` and `rate_limit_error` are the same three. */
const partsOf = (word: string): string[] =>
  word
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{M}']+/u)
    .filter((part) => part !== '');

/** The words of a tool's name; none if the name joins several steps. */
const namesOf = (tool: string): ReadonlySet<string> => {
  const words = new Set(partsOf(tool));
  return ['and', 'then', 'with'].some((word) => words.has(word)) ? new Set() : words;
};

/** Whether a word is one of the tool's name: `creating` belongs to `create`, but `created` says that it is done. */
const isNamed = (part: string, names: ReadonlySet<string>): boolean => {
  if (names.has(part)) return true;
  if (part.length < 4 || part.endsWith('ed')) return false;
  for (const name of names) {
    if (name.length < 4) continue;
    if (name.startsWith(part) || part === `${name}s`) return true;
    if (part.endsWith('ing') && name.replace(/e$/, '') === part.slice(0, -3)) return true;
  }
  return false;
};

/** A word with what belongs to it; digits in it count. */
const wordExpression = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’_-]*/gu;

/** Finds a step that comes after the effect of a call, in the lines of a stack trace. */
export const stepIn = (trace: string): string | null => {
  for (const [word] of trace.matchAll(wordExpression)) {
    if (partsOf(word).some((part) => steps.has(part))) return word;
  }
  return null;
};

/** Finds the first words of a text that a plain failure report would not have; null if it is nothing but one. Pure. */
export const remainderOfText = (text: string, { tool, isCode }: Story): string | null => {
  const step = stepIn((text.match(stackLine) ?? []).join('\n'));
  if (step !== null) return step;
  let rest = text.replace(stackLine, blank);
  if (/^(?:< ?)?HTTP\/\d/m.test(rest)) rest = rest.replace(headerLine, blank);
  rest = rest.replace(exceptionClass, (match, namespace: string, name: string) =>
    (namespace !== '' || transportWords.test(name)) && !partialWords.test(match) ? blank(match) : match,
  );
  for (const expression of blanks) rest = rest.replace(expression, blank);
  for (const expression of phrases) rest = rest.replace(expression, blank);
  const names = namesOf(tool);
  for (const match of rest.matchAll(wordExpression)) {
    const word = match[0].replaceAll('’', "'");
    const isPlain =
      codeWords.test(word) ||
      isCode(word) ||
      (!/^\d+$/.test(word) && partsOf(word).every((part) => plainWords.has(part) || isNamed(part, names)));
    if (!isPlain) return clauseAt(text, match.index);
  }
  return null;
};

const clauseEnd = /[\n.:;,()[\]{}|]/;

/** The clause around an offset, at most 80 characters. */
const clauseAt = (text: string, at: number): string => {
  const before =
    text
      .slice(Math.max(0, at - 40), at)
      .split(clauseEnd)
      .at(-1) ?? '';
  const after = text.slice(at, at + 80).split(clauseEnd, 1)[0] ?? '';
  return `${before}${after === '' ? text.slice(at, at + 1) : after}`.trim().slice(0, 80);
};
