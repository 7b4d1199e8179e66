import { withoutStatements } from '../languages/expressions.ts';
import { candidates, type ListName } from '../prefilter.ts';
import { withoutAdvice } from './advice.ts';
import { againstAt, otherStepAt } from './against.ts';
import { withoutAttempts, withoutTurnedAway } from './attempts.ts';
import { blanks, headerLine, limits, properties, sourceLine, stackLine } from './blanks.ts';
import { untoldAt } from './clauses.ts';
import { clientFrames, envelopes } from './clients.ts';
import { deedsOf, laterDeeds } from './deeds.ts';
import { foreignFrames, waitAndTry } from './foreign.ts';
import { frames } from './frames.ts';
import { withoutGuidance } from './guidance.ts';
import { phrases } from './languages.ts';
import { withoutUndone } from './nothing.ts';
import { OpenWords } from './open-words.ts';
import { otherDeedAt } from './other-deed.ts';
import { isSequence, partsOf, wordExpression } from './parts.ts';
import { withoutClasses, withoutLabels, withoutPeers } from './peers.ts';
import { requestLine, statements, titles } from './statements.ts';
import { isDenied, isParticiple, tellsOfStep } from './steps.ts';
import { withoutStructs } from './structs.ts';
import { stepIn, traceOf } from './trace.ts';
import { undone } from './undone.ts';
import { failurePhrases } from './vocabulary.ts';
import { withoutLabelsOfWay, withoutWay } from './way.ts';
import { codeWords, plainWords } from './words.ts';
import { asideAt, withoutBadges, withoutWrappers } from './wrappers.ts';

/** Whether a word is a code of a failure that comes before any effect, such as `UnrecognizedClientException`. */
export type IsCode = (word: string) => boolean;

/** What the words of a report are compared with, beside the vocabulary. */
export interface Story {
  /** The name of the tool: a report may repeat it. */
  readonly tool: string;
  readonly isCode: IsCode;
  /** Words that the user has declared to belong to the failure. */
  readonly ownWords?: string | undefined;
}

const blank = (match: string): string => match.replace(/[^\n]/g, ' ');

/** Stands for what was blanked and speaks of a failure. */
const licence = '\ue001';

const licensed = (match: string): string => blank(match).replace(/^ | $/gm, licence);

/** Stands for what was blanked and is no data, though it does not speak of a failure. */
const mark = '\ue002';
const harmless = (match: string): string => mark + blank(match.slice(1));

// The colours of a terminal.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with the escape character.
const colours = /\u001b\[[\d;]{0,12}m/g;

/** A request that was answered so may have been carried out. */
const otherStatus =
  /\b(?:status(?: ?code)?|code|http|https?\/\d(?:\.\d)?)["']?[ :=]{0,3}["']?(20[0-7]|226|50[0-24-8])\b/i;

const nameIn = (tool: string): RegExp | null => {
  const parts = partsOf(tool);
  if (parts.length === 0 || parts.length > 8) return null;
  const whole = parts.join('[ ._-]?');
  const isSeveral = isSequence(tool) || laterDeeds(tool).length > 0;
  const one = isSeveral ? '(?!)' : parts.filter((part) => part.length > 1).join('|');
  return new RegExp(
    `(?<![\\p{L}\\p{N}_-])(?:${whole}(?![\\p{L}\\p{N}_])(?= ?[:→(>-]| failed\\b| error\\b|["'\`])|(?<=^|[:\\]\\d] {1,12}|\\b(?:ERROR|WARN|WARNING|INFO|error|warn) |^ {1,30}|\\n {1,30})(?:${one})(?=: ))`,
    'gimu',
  );
};

/** What a tool can work on: with its number, it is the result. */
const nouns =
  /^(?:codes?|status|port|users?|roles?|database|service|server|host|name|account|profile|metric|limit|scope|realm|context|registry|request|version|node|address|endpoint|path|url|key|token)\b/i;

const isCreated = /^(?:orders?|bookings?|payments?)$/;

const ofLimits = /limit|quota|throttl|too many|exceed|allowed|\b429\b|rate/i;

/** Whether the first word is what the tool works on: `Vorgangs-ID 88f2` of `vorgang_anlegen` is a result. */
const namesOwn = (match: string, tool: string): boolean => {
  const [first = ''] = partsOf(match);
  return partsOf(tool).some((part) => part.length > 3 && (first.startsWith(part) || part.startsWith(first)));
};

/** Blanks all that says nothing of what happened. */
const reduced = (text: string, tool: string, isGuided = false): string => {
  const those = (name: ListName, list: readonly RegExp[]): readonly RegExp[] => candidates(name, list, text);
  let rest = text;
  if (/^(?:< ?)?HTTP\/\d/m.test(rest))
    rest = rest.replace(headerLine, (match) =>
      partsOf(match).some((part) => isParticiple(part) || partsOf(tool).includes(part) || isCreated.test(part))
        ? match
        : licensed(match),
    );
  if (/^< ?HTTP\/[\d.]{1,3} 4/m.test(rest) && rest.match(/^< ?HTTP\//gm)?.length === 1)
    rest = rest.replace(requestLine, licensed);
  rest = withoutTurnedAway(withoutAttempts(rest, harmless), licensed);
  rest = withoutWrappers(withoutBadges(rest, tool, harmless), tool, licensed);
  const known = [...those('envelopes', envelopes), ...those('frames', frames), ...those('clientFrames', clientFrames)];
  for (const expression of [...known, ...statements, waitAndTry]) rest = rest.replace(expression, licensed);
  for (const expression of foreignFrames)
    rest = rest.replace(expression, (match) => (namesOwn(match, tool) ? match : licensed(match)));
  if (isGuided) rest = withoutWay(rest, tool, licensed);
  rest = rest.replace(titles, harmless);
  for (const expression of those('properties', properties)) rest = rest.replace(expression, harmless);
  rest = withoutAdvice(rest, tool, licensed);
  rest = undone(rest, tool, licensed);
  rest = withoutUndone(rest, tool, licensed);
  rest = withoutStatements(rest, licensed);
  const own = partsOf(tool);
  const namesStep = (match: string): boolean => {
    if (/[/:[(="']| tool /.test(match) && tellsOfStep(match, tool)) return true;
    const parts = partsOf(match);
    if ((match.includes('=') || match.includes(' tool ')) && parts.some(isParticiple)) return true;
    if (/\btool\b/.test(match) && parts.some((part) => part !== 'in' && isDenied(part) && !own.includes(part)))
      return true;
    return nouns.test(match) && own.includes(parts[0] ?? '');
  };
  const plain = those('blanks', blanks);
  const rates = ofLimits.test(text) ? [...plain, ...those('limits', limits)] : plain;
  for (const expression of rates) {
    rest = rest.replace(expression, (match) => (namesStep(match) ? match : blank(match)));
  }
  rest = withoutPeers(rest, tool, blank);
  const name = nameIn(tool);
  if (name !== null) rest = rest.replace(name, blank);
  rest = withoutLabels(rest, tool, harmless);
  rest = withoutClasses(rest, tool, licensed);
  for (const expression of [...those('failurePhrases', failurePhrases), ...those('phrases', phrases)])
    rest = rest.replace(expression, licensed);
  return rest;
};

/** Words of a request that was on its way: whatever else is said, it may have been carried out. */
const underWay =
  /\b(?:(?:read|write) E[A-Z]{3,12}|ECONNRESET|EPIPE|ECONNABORTED|socket hang up|read time(?:d )?-?out|bad gateway|gateway time-?out|internal server error|no (?:response|reply|answer)(?! body)|did not (?:respond|answer|reply)|empty reply|unexpected EOF|broken pipe|(?:connection|stream) (?:was )?(?:reset|closed|lost|dropped)|reset by peer)\b/i;

/** A plain failure report is short, but for its stack trace: what is longer is not read, and counts as more than a failure. */
const maxReportChars = 2_500;
const maxChars = 16_000;

/** What a line of data can be that belongs to the failure: its code, its wait, or the id of its request. */
const ofFailure =
  /\b(?:ENOTFOUND|EAI_\w{3,12}|getaddrinfo)\b|\b(?:retry|try again)\b|\b(?:http\S{0,4}|status|status ?code|error|code)[ :=]{1,3}4(?:01|29)\b|^\s*4(?:01|29)\s*$|\b(?:request|trace|correlation)[ _-]?id\b/i;

/** Finds a line of nothing but data: it may be the result of the call, such as an id. */
const dataLineAt = (text: string, rest: string): number => {
  let at = 0;
  for (const line of text.split('\n')) {
    const left = rest.slice(at, at + line.length);
    if (
      /[\p{L}\p{N}]/u.test(line) &&
      !ofFailure.test(line) &&
      !/[\p{L}\p{N}\ue001\ue002]/u.test(
        left.replace(/(?<!\p{L})(?:in|at|to|by|for|on|from|of|the|a|until|and)(?!\p{L})/giu, ''),
      )
    )
      return at;
    at += line.length + 1;
  }
  return -1;
};

const withoutTrace = (text: string): string =>
  text
    .replace(sourceLine, '')
    .replace(stackLine, '')
    .replace(/\n(?:[ \t]*\n)+/g, '\n');

/** The name of the tool as its server calls it: a tool that is named after its server alone has no name to differ from. */
const withoutCalled = (text: string, tool: string): string =>
  deedsOf(tool).length === 0
    ? text.replace(/^Error (?:executing|calling|running) tool '?[a-z][\w-]{1,60}'?(?=: )/, (match) =>
        tellsOfStep(match, tool) ? match : blank(match),
      )
    : text;

/** Finds the first words of a text that a plain failure report would not have; null if it is nothing but one. Pure. */
export const remainderOfText = (coloured: string, { tool, isCode }: Story, isName = false): string | null => {
  if (coloured.length > maxChars) return clauseAt(coloured, maxChars);
  const traced = coloured.replace(colours, blank).replace(/[\ue001\ue002]/g, ' ');
  const step = stepIn(traceOf(traced), tool) ?? otherStatus.exec(traced)?.[0] ?? null;
  if (step !== null) return step;
  const text = withoutTrace(traced);
  if (text.length > maxReportChars) return clauseAt(text, maxReportChars);
  const against = isName ? -1 : againstAt(text, tool);
  if (against !== -1) return clauseAt(text, against);
  const aside = isName ? -1 : asideAt(text, tool);
  if (aside !== -1) return clauseAt(text, aside);
  const deed = isName ? -1 : otherDeedAt(withoutCalled(text, tool), tool);
  if (deed !== -1) return clauseAt(text, deed);
  const at = remainderAt(text, reduced(text, tool), isCode, isName);
  if (at === -1 || isName) return at === -1 ? null : clauseAt(text, at);
  // What is blanked as a whole sentence first may belong to an expression above, so both ways are tried.
  const guided = guide(text, tool);
  const isSame = guided === text && withoutWay(text, tool, licensed) === text;
  const left = isSame ? at : remainderAt(text, reduced(guided, tool, true), isCode, false);
  return left === -1 ? null : clauseAt(text, left);
};

/** Blanks whole sentences, labels and members that say only how far the call came, or what to do about it. */
const guide = (text: string, tool: string): string => {
  const undoneYet = withoutUndone(withoutStructs(text, tool, harmless), tool, licensed);
  return withoutGuidance(withoutLabelsOfWay(undoneYet, tool, licensed), tool, licensed);
};

/** Finds the first words in what is left of a text that a plain failure report would not have; their place, or -1. */
const remainderAt = (text: string, rest: string, isCode: IsCode, isName: boolean): number => {
  const notDone = otherStepAt(rest);
  if (notDone !== -1) return notDone;
  const data = isName ? -1 : dataLineAt(text, rest);
  if (data !== -1) return data;
  const sent = underWay.exec(rest);
  if (sent !== null) return sent.index;
  const open = new OpenWords(text);
  for (const match of rest.matchAll(wordExpression)) {
    const word = match[0].replaceAll('’', "'").replace(/['_-]+$/, '');
    const isPlain =
      codeWords.test(word) ||
      (isCode(word) && !isParticiple(word.toLowerCase())) ||
      (/\p{L}/u.test(word) &&
        !/\d/.test(word) &&
        partsOf(word).every((part) => plainWords.has(part) || plainWords.has(part.replace(elision, ''))));
    if (!isPlain && (isName || !open.take(word, match.index))) return match.index;
  }
  return isName ? -1 : untoldAt(rest, isCode);
};

/** A word before a vowel in French and Italian. */
const elision = /^(?:[cdjlmnst]|qu|un|dell|all|nell|sull|dall)'/;

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
