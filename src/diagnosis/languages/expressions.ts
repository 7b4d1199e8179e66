import { candidates } from '../prefilter.ts';
import { further } from './further.ts';
import { germanic } from './germanic.ts';
import type { Phrases } from './phrases.ts';
import { romance } from './romance.ts';
import { slavic } from './slavic.ts';
import { duration } from './units.ts';

/** The languages whose failures are recognised as those in English are; each says the same. */
export const languages: Readonly<Record<string, Phrases>> = { ...germanic, ...romance, ...slavic, ...further };

/** What a phrase says; a pattern file names it as `languages: refused`. */
export type PhraseKind = Exclude<keyof Phrases, 'host'>;

const addresses = String.raw`["'«„“\x60(]?\s?(?:localhost|[\w-]{1,60}(?:\.[\w-]{1,60}){1,8})(?::\d{1,5})?\s?["'»”\x60)]?`;
const anyWord = String.raw`\S{1,80}`;

const placed = (phrase: string, host: string, name: string): string =>
  phrase
    .replace(/ (\??)@/g, (_, optional: string) => `(?:(?: (?:${host})){0,3} ${optional}${name})?`)
    .replaceAll('#', duration);

/** What may name the host behind it as well. */
const refusals: ReadonlySet<PhraseKind> = new Set(['refused', 'unconnected']);

/** A kind of phrases, as they are in the table: the order in which they are tried. */
const phrasesOf = (kind: PhraseKind): { phrase: string; host: string }[] =>
  Object.values(languages).flatMap((one) => one[kind].map((phrase) => ({ phrase, host: one.host })));

const sourceOf = (kind: PhraseKind, phrase: string, host: string, name: string): string =>
  placed(refusals.has(kind) && !phrase.endsWith('@') ? `${phrase} @` : phrase, host, name);

/** Expressions that recognise a failure in any of the languages, whatever the host is called. */
export const languageTexts = (kind: PhraseKind): string[] =>
  phrasesOf(kind).map(({ phrase, host }) => sourceOf(kind, phrase, host, anyWord));

/** Whether letters of a script without spaces between words are in a phrase. */
const isDense = (phrase: string): boolean => /[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]/.test(phrase);

const exact = (phrase: string): RegExp =>
  new RegExp(isDense(phrase) ? phrase : String.raw`(?<![\p{L}\p{N}_])(?:${phrase})(?![\p{L}\p{N}_])`, 'giu');

interface Statement {
  readonly source: () => string;
  expression?: RegExp;
}

const statementKinds: readonly PhraseKind[] = ['refused', 'unknown', 'unconnected', 'login', 'limit', 'advice'];

let listed: readonly Statement[] | null = null;

const listStatements = (): readonly Statement[] => {
  listed ??= statementKinds.flatMap((kind) =>
    phrasesOf(kind).map(({ phrase, host }) => ({ source: () => sourceOf(kind, phrase, host, addresses) })),
  );
  return listed;
};

const compiled = (statement: Statement): RegExp => {
  statement.expression ??= exact(statement.source());
  return statement.expression;
};

/** The same for the whole story, where a host has to be an address. */
export const allStatements = (): RegExp[] => listStatements().map(compiled);

/** Blanks the statements of a failure that a text in any of the languages makes, and the advice beside them. */
export const withoutStatements = (text: string, blank: (match: string) => string): string => {
  let rest = text;
  for (const statement of candidates('statements', listStatements(), text)) {
    rest = rest.replace(compiled(statement), blank);
  }
  return rest;
};

const errors = phrasesOf('error')
  .map(({ phrase, host }) => sourceOf('error', phrase, host, ''))
  .join('|');

/** `Fehler beim Anlegen der Rechnung: `: a report whose cause comes behind the colon. */
export const errorOpening = new RegExp(
  `^(?:${errors})(?: [^:：\\n\\d]{2,100})? ?(?:\\(?[45]\\d\\d\\)?)? ?[:：] ?\\S`,
  'i',
);
