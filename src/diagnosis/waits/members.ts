import { parseDuration } from '../../text/parse-duration.ts';
import { isObject, read } from '../facts.ts';

/** What a member named so holds: a time from now in this unit, or a time of day or of the epoch. */
type Meaning = { readonly unitMs: number; readonly exact: boolean } | 'reset' | null;

const prefix =
  '(?:(?:x|ms|http|rate|limit|limits|ratelimit|quota|api|server|client|suggested|recommended|min|minimum|estimated|next|global|error|info|throttle|lock) )*';
const cue =
  '(?:retry|re try|try again|retry again|retry allowed|retry info|wait|flood wait|flood ?wait|back ?off|cool ?down|reset|resets|resume|available|unlock(?:ed)?|unblock(?:ed)?|penalty|lockout|request allowed|sleep|retry request)';
const units = '(?:in )?(ms|msec|millis|milliseconds?|s|sec|secs|seconds?|m|min|mins|minutes?|h|hours?)';
const delayed = new RegExp(
  `^${prefix}${cue}(?: (?:after|in|delay|time|period|interval|duration|for|remaining|left))?(?: ${units})?$`,
);
const estimated = new RegExp(`^(?:estimated (?:time|wait|delay)|eta)(?: ${units})?$`);
const counted = new RegExp(
  `^${prefix}${units} (?:until|to|till|before|remaining until) (?:the )?(?:next )?(?:reset|retry|unblock|unlock|next|available|request|try again)$`,
);
const reset = new RegExp(`^${prefix}(?:${cue} (?:at|date|timestamp|epoch)|reset|resets|reset (?:time|at))$`);
/** These alone are counts or flags. */
const vague =
  /^(?:retry|wait|available|resume|sleep|back ?off|retry info|cool ?down|penalty|lockout|(?:un)?lock(?:ed)?|retry interval|lock)$/;

const unitMs = (word: string | undefined): number => {
  if (word === undefined) return 1_000;
  if (/^(?:ms|mil)/.test(word)) return 1;
  return word.startsWith('h') ? 3_600_000 : word.startsWith('m') ? 60_000 : 1_000;
};

/** The words of a name in any spelling: `retryAfterMs`, `retry-after-ms` and `x.retry_after (ms)` alike. */
const wordsOf = (name: string): string =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z]+/g, ' ')
    .trim()
    .toLowerCase();

/** What a member of this name says about a wait. */
export const waitMeaning = (name: string): Meaning => {
  const words = wordsOf(name);
  if (reset.test(words)) return 'reset';
  const unit = delayed.exec(words) ?? counted.exec(words) ?? estimated.exec(words);
  if (unit === null) return null;
  return { unitMs: unitMs(unit[1]), exact: unit[1] !== undefined };
};

/** Whether a bare number beside this name may be anything. */
const isVague = (name: string): boolean => vague.test(wordsOf(name));

const dayMs = 86_400_000;
const maxMs = 30 * dayMs;

/** Waits beyond 30 days are no waits. */
export const sane = (ms: number): number | null =>
  Number.isFinite(ms) && ms >= 0 && ms <= maxMs ? Math.round(ms) : null;

/** A time since the epoch in s or ms, or a date; null if it is neither, or has passed. */
export const untilTime = (value: string, now: () => number): number | null => {
  const text = value.trim();
  const number = /^\d{10}(?:\.\d+)?$/.test(text) ? Number(text) * 1_000 : /^\d{13}$/.test(text) ? Number(text) : null;
  if (number === null && !/^(?:\d{4}-\d\d-\d\d|[A-Z][a-z]{2},? \d)/.test(text)) return null;
  const at =
    number ??
    Date.parse(
      text
        .replace(/ UTC$/, 'Z')
        .replace(/^(\d{4}-\d\d-\d\d) /, '$1T')
        .replace(/ ([+-]\d{4})(?: UTC)?Z?$/, '$1'),
    );
  return at > now() ? sane(at - now()) : null;
};

/** Reads the value of a member that is known to be about a wait. */
export const waitOfValue = (name: string, value: unknown, now: () => number): number | null => {
  const meaning = waitMeaning(name);
  if (meaning === null) return null;
  if (isObject(value)) {
    const [seconds, nanos] = [Number(read(value, 'seconds') ?? Number.NaN), Number(read(value, 'nanos') ?? 0)];
    return Number.isNaN(seconds) ? null : sane(seconds * 1_000 + nanos / 1e6);
  }
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const text = String(value).trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    if (isVague(name) && (meaning === 'reset' || !meaning.exact)) return null;
    const number = Number(text);
    if (number >= 1e9 && (meaning === 'reset' || meaning.unitMs >= 1_000)) return untilTime(text, now);
    return sane(number * (meaning === 'reset' ? 1_000 : meaning.unitMs));
  }
  const ms = parseDuration(text);
  return ms === null ? untilTime(text, now) : sane(ms);
};

const maxMembers = 64;
const maxDepth = 4;

/** The wait that an error body asks for, at its top or in the objects in it: `retry_after`, `rateLimit.resetIn`. */
export const waitOfBody = (body: object, now: () => number, within = '', depth = 0): number | null => {
  if (depth > maxDepth) return null;
  const entries = Object.entries(body).slice(0, maxMembers);
  let loose: number | null = null;
  for (const [name, value] of entries) {
    const full = within === '' ? name : `${within} ${name}`;
    const wait = waitOfValue(name, value, now) ?? (waitMeaning(name) === null ? waitOfValue(full, value, now) : null);
    if (wait === null) continue;
    const meaning = waitMeaning(name);
    // A member that names its unit is exact; among the others the first counts.
    if (meaning !== null && meaning !== 'reset' && meaning.exact) return wait;
    loose ??= wait;
  }
  if (loose !== null) return loose;
  for (const [name, value] of entries) {
    if (!isObject(value)) continue;
    const wait = waitOfBody(value, now, Array.isArray(body) ? within : name, depth + 1);
    if (wait !== null) return wait;
  }
  return null;
};
