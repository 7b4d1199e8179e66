import { type DurationSpan, findDurations } from '../../text/parse-duration.ts';
import { asksAfter, cueBefore, deniesAfter } from './cues.ts';
import { sane, untilTime, waitMeaning, waitOfValue } from './members.ts';

const maxBefore = 90;
const maxAfter = 60;

/** Where a clause ends: at a mark that no digit follows, so that `5.0 seconds` stays whole. */
const clauseEnd = /[.!?](?=\s|$|["')\]}])|[;\n。！？；]/g;

const clauseStart = (text: string, at: number): number => {
  const from = Math.max(0, at - maxBefore);
  let start = from;
  for (const match of text.slice(from, at).matchAll(clauseEnd)) start = from + match.index + match[0].length;
  return start;
};

const clauseRest = (text: string, at: number): string => {
  const rest = text.slice(at, at + maxAfter);
  const end = rest.search(clauseEnd);
  return end === -1 ? rest : rest.slice(0, end);
};

/** What is known of the failure that a text states. */
export interface WaitContext {
  /** Where it is stated, -1 if unknown: of several waits, one in the same sentence counts. */
  readonly failureAt: number;
  /** It is a limit or an outage, which end by themselves, so words such as `available in` and `resets in` count too. */
  readonly limited: boolean;
}

interface Wait extends DurationSpan {
  /** 2 if the text asks for it, 1 if the text only says when something ends. */
  readonly strength: 1 | 2;
}

/** A time of day is no duration: `try again at 14:30:00`. */
const timeOfDay = /(?:\b(?:at|until|till|since|from|um|bis|à|a las|às|alle|om|o|в)|[T\d]) ?$/i;
/** A count before a limit: `100 requests per 60 seconds` is denied by its cue, `100/60s` by this. */
const rateSign = /\/ ?$/;

const strengthOf = (text: string, { start, end }: DurationSpan): 0 | 1 | 2 => {
  const before = text.slice(clauseStart(text, start), start);
  const after = clauseRest(text, end);
  const digits = text.slice(start, end);
  if (rateSign.test(before) || deniesAfter.test(after)) return 0;
  if (/^-|[-–]$/.test(before.slice(-1)) || (digits.includes(':') && timeOfDay.test(before))) return 0;
  const cue = cueBefore(before);
  if (cue === 'denied') return 0;
  if (cue === 2) return 2;
  return asksAfter.test(after) ? 2 : cue;
};

/** A number without a unit that counts in seconds: `retry after 17`, `FLOOD_WAIT_30`. */
const bare =
  /\b(?:retry(?:ing)?|again|wait|resets?|available|back|blocked|call|request)\b[^\d\n.;:]{0,20}?\b(?:after|in|for)[ :=]{1,3}(\d{1,15}(?:\.\d{1,6})?)(?=\s*(?:$|[,;:!)\]}"'\n]|\.(?!\d)))|\bwait (\d{1,6})(?=\s*(?:$|[,;!)\]}"'\n]|\.(?!\d)))|[A-Z]_?WAIT_(\d{1,7})\b/gim;

/** A member in a text: the end of its name, its mark, and a value. */
const member = /["']?(?:[:=]|=>) ?["']?(?=[\dP])|\bretry-after (?=\d)/gi;
const memberName = /([A-Za-z][\w.-]*(?: [A-Za-z][\w.-]*){0,3}(?: ?\([A-Za-z]{1,12}\))?)$/;
const memberValue = /^(?:\d[\d.,:]*(?:[ \u00a0]?(?:[A-Za-zµ]{1,12}\d*){1,4})?|P[\dTHMSD.]+)/;
/** The protocol buffers' way to write a duration. */
const protobuf = /\bretry_?delay\s{0,4}:?\s{0,4}\{\s{0,20}seconds: ?(\d{1,7})(?:,?\s{0,20}nanos: ?(\d{1,9})\b)?/i;
const date = /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?: ?Z\b| ?UTC\b| ?[+-]\d\d:?\d\d(?: UTC)?)/g;

const waitOfMember = (text: string, at: number, end: number, now: () => number): number | null => {
  const name =
    memberName.exec(text.slice(Math.max(0, at - 48), at))?.[1] ??
    (text.startsWith('retry-after', at) ? 'retry-after' : '');
  const value = memberValue.exec(text.slice(end, end + 40))?.[0];
  if (value === undefined || /^[-\d]/.test(text.slice(end + value.length, end + value.length + 1))) return null;
  const words = name.split(/[ ]/);
  for (let first = 0; first < words.length; first++) {
    const some = words.slice(first).join(' ');
    if (waitMeaning(some) === null) continue;
    const number = /^\d+(?:\.\d+)?(?=[,.:]?$|[,.:]? )/.exec(value)?.[0];
    const wait =
      waitOfValue(some, value.replace(/[,.:]$/, ''), now) ??
      (number === undefined ? null : waitOfValue(some, number, now));
    if (wait !== null) return wait;
  }
  return null;
};

const membersIn = (text: string, now: () => number): Wait[] =>
  [...text.matchAll(member)].slice(0, 64).flatMap((match) => {
    const end = match.index + match[0].length;
    const ms = waitOfMember(text, match.index, end, now);
    return ms === null ? [] : [{ ms, start: match.index, end, strength: 2 as const }];
  });

const datesIn = (text: string, now: () => number): Wait[] =>
  [...text.matchAll(date)].slice(0, 8).flatMap((match) => {
    const before = text.slice(clauseStart(text, match.index), match.index);
    const cue = cueBefore(before);
    const ms =
      cue === 1 || cue === 2 || /\b(?:until|till)\b[^\n]{0,20}$/i.test(before) ? untilTime(match[0], now) : null;
    return ms === null ? [] : [{ ms, start: match.index, end: match.index + match[0].length, strength: 1 as const }];
  });

const bareIn = (text: string, now: () => number): Wait[] =>
  [...text.matchAll(bare)].slice(0, 16).flatMap((match) => {
    const number = match[1] ?? match[2] ?? match[3] ?? '';
    const ms = Number(number) >= 1e9 ? untilTime(number, now) : sane(Number(number) * 1_000);
    return ms === null ? [] : [{ ms, start: match.index, end: match.index + match[0].length, strength: 2 as const }];
  });

const longest = (waits: readonly Wait[]): number | null =>
  waits.length === 0 ? null : Math.max(...waits.map(({ ms }) => ms));

/** Of several waits: those that are asked for, of these those in the sentence of the failure, of these the longest. */
const chosen = (text: string, waits: readonly Wait[], failureAt: number): number | null => {
  const asked = waits.some(({ strength }) => strength === 2) ? waits.filter(({ strength }) => strength === 2) : waits;
  if (failureAt < 0 || asked.length < 2) return longest(asked);
  const start = clauseStart(text, failureAt);
  const end = failureAt + clauseRest(text, failureAt).length;
  const near = asked.filter((wait) => wait.start >= start && wait.start <= end);
  return longest(near.length > 0 ? near : asked);
};

/**
 * The wait that the words of a failure ask for, in ms. A duration counts only near words of waiting, in the same clause:
 * `timed out after 30 seconds` asks for none.
 *
 */
export const waitOfWords = (text: string, now: () => number, { failureAt, limited }: WaitContext): number | null => {
  const delay = protobuf.exec(text);
  if (delay !== null) return sane(Number(delay[1]) * 1_000 + Number(delay[2] ?? 0) / 1e6);
  const members = membersIn(text, now);
  if (members.length > 0) return chosen(text, members, failureAt);
  const spans = findDurations(text).flatMap((span): Wait[] => {
    const strength = strengthOf(text, span);
    const ms = sane(span.ms);
    if (strength === 0 || (strength === 1 && !limited) || ms === null) return [];
    return [{ ...span, ms, strength }];
  });
  const named = [...spans, ...bareIn(text, now)];
  return chosen(text, named.length > 0 ? named : datesIn(text, now), failureAt);
};
