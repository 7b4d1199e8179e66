import { beyondAscii, neededWords, wordsIn } from '../needed-words.ts';
import { further } from './further.ts';
import { germanic } from './germanic.ts';
import type { Phrases } from './phrases.ts';
import { romance } from './romance.ts';
import { slavic } from './slavic.ts';

/** The languages whose failures are recognised as those in English are; each says the same. */
export const languages: Readonly<Record<string, Phrases>> = { ...germanic, ...romance, ...slavic, ...further };

/** What a phrase says; a pattern file names it as `languages: refused`. */
export type PhraseKind = Exclude<keyof Phrases, 'host'>;

export const phraseKinds: readonly PhraseKind[] = ['refused', 'unknown', 'unconnected', 'login', 'limit', 'down'];

const addresses = String.raw`["'«„“\x60(]?\s?(?:localhost|[\w-]{1,60}(?:\.[\w-]{1,60}){1,8})(?::\d{1,5})?\s?["'»”\x60)]?`;
const anyWord = String.raw`\S{1,80}`;
const duration = String.raw`\d{1,6}\s?(?:[a-z\u00c0-\u04ff]{1,10}|秒|分|分钟|초|분|시간)\.?`;

const placed = (phrase: string, host: string, name: string): string =>
  phrase
    .replace(/ (\??)@/g, (_, optional: string) => `(?:(?: (?:${host})){0,3} ${optional}${name})?`)
    .replaceAll('#', duration);

/** What may name the host behind it as well. */
const refusals: ReadonlySet<PhraseKind> = new Set(['refused', 'unconnected']);

interface Phrase {
  readonly source: string;
  /** Words of which a text that matches holds one; null if that is not certain. */
  readonly words: readonly string[] | null;
}

/** A dense script has no words: any letter beyond ASCII may begin the phrase. */
const neededBy = (phrase: string): readonly string[] | null =>
  isDense(phrase) ? [beyondAscii] : neededWords(`\\b${phrase.replace(/ \??@/g, '').replaceAll('#', '\\d')}\\b`);

const phrasesOf = (kind: PhraseKind, name: string): Phrase[] =>
  Object.values(languages).flatMap((one) =>
    one[kind].map((phrase) => ({
      source: placed(refusals.has(kind) && !phrase.endsWith('@') ? `${phrase} @` : phrase, one.host, name),
      words: neededBy(phrase),
    })),
  );

/** Expressions that recognise a failure in any of the languages, whatever the host is called. */
export const languageTexts = (kind: PhraseKind): Phrase[] => phrasesOf(kind, anyWord);

/** Whether letters of a script without spaces between words are in a phrase. */
const isDense = (phrase: string): boolean => /[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]/.test(phrase);

const exact = (phrase: string): RegExp =>
  new RegExp(isDense(phrase) ? phrase : String.raw`(?<![\p{L}\p{N}_])(?:${phrase})(?![\p{L}\p{N}_])`, 'giu');

interface Statement extends Phrase {
  expression?: RegExp;
}

let all: readonly Statement[] | null = null;

/** The same for the whole story, where a host has to be an address; each is compiled when a text holds its words. */
const listed = (): readonly Statement[] => {
  all ??= (['refused', 'unknown', 'unconnected', 'login', 'limit', 'advice'] as const)
    .flatMap((kind) => phrasesOf(kind, addresses))
    .map((phrase) => ({ ...phrase }));
  return all;
};

export const allStatements = (): RegExp[] => listed().map(({ source }) => exact(source));

/** Blanks the statements of a failure that a text in any of the languages makes, and the advice beside them. */
export const withoutStatements = (text: string, blank: (match: string) => string): string => {
  const held = wordsIn(text);
  let rest = text;
  for (const statement of listed()) {
    if (statement.words !== null && !statement.words.some((word) => held.has(word))) continue;
    statement.expression ??= exact(statement.source);
    rest = rest.replace(statement.expression, blank);
  }
  return rest;
};

const errors = phrasesOf('error', '')
  .map(({ source }) => source)
  .join('|');

/** `Fehler beim Anlegen der Rechnung: `: a report whose cause comes behind the colon. */
export const errorOpening = new RegExp(
  `^(?:${errors})(?: [^:：\\n\\d]{2,100})? ?(?:\\(?[45]\\d\\d\\)?)? ?[:：] ?\\S`,
  'i',
);
