import { further } from './further.ts';
import { germanic } from './germanic.ts';
import type { Phrases } from './phrases.ts';
import { romance } from './romance.ts';
import { slavic } from './slavic.ts';

/** The languages whose failures are recognised as those in English are; each says the same. */
export const languages: Readonly<Record<string, Phrases>> = { ...germanic, ...romance, ...slavic, ...further };

/** What a phrase says; a pattern file names it as `languages: refused`. */
export type PhraseKind = Exclude<keyof Phrases, 'host'>;

const addresses = String.raw`["'«„“\x60(]?\s?(?:localhost|[\w-]{1,60}(?:\.[\w-]{1,60}){1,8})(?::\d{1,5})?\s?["'»”\x60)]?`;
const anyWord = String.raw`\S{1,80}`;
const duration = String.raw`\d{1,6}\s?(?:[a-z\u00c0-\u04ff]{1,10}|秒|分|分钟|초|분|시간)\.?`;

const placed = (phrase: string, host: string, name: string): string =>
  phrase
    .replace(/ (\??)@/g, (_, optional: string) => `(?:(?: (?:${host})){0,3} ${optional}${name})?`)
    .replaceAll('#', duration);

/** What may name the host behind it as well. */
const refusals: ReadonlySet<PhraseKind> = new Set(['refused', 'unconnected']);

const phrasesOf = (kind: PhraseKind, name: string): string[] =>
  Object.values(languages).flatMap((one) =>
    one[kind].map((phrase) =>
      placed(refusals.has(kind) && !phrase.endsWith('@') ? `${phrase} @` : phrase, one.host, name),
    ),
  );

/** Expressions that recognise a failure in any of the languages, whatever the host is called. */
export const languageTexts = (kind: PhraseKind): string[] => phrasesOf(kind, anyWord);

/** Whether letters of a script without spaces between words are in a phrase. */
const isDense = (phrase: string): boolean => /[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]/.test(phrase);

const exact = (phrase: string): RegExp =>
  new RegExp(isDense(phrase) ? phrase : String.raw`(?<![\p{L}\p{N}_])(?:${phrase})(?![\p{L}\p{N}_])`, 'giu');

/** The same for the whole story: a host has to be an address. */
export const statements: readonly RegExp[] = (
  ['refused', 'unknown', 'unconnected', 'login', 'limit', 'advice'] as const
)
  .flatMap((kind) => phrasesOf(kind, addresses))
  .map(exact);

const errors = phrasesOf('error', '').join('|');

/** `Fehler beim Anlegen der Rechnung: `: a report whose cause comes behind the colon. */
export const errorOpening = new RegExp(
  `^(?:${errors})(?: [^:：\\n\\d]{2,100})? ?(?:\\(?[45]\\d\\d\\)?)? ?[:：] ?\\S`,
  'i',
);
