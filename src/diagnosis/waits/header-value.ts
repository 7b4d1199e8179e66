import { parseDuration } from '../../text/parse-duration.ts';

const plain = /^\+?(\d+(?:\.\d+)?)$/;
const isoDate = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$/i;
/** The three forms of RFC 9110, section 5.6.7. */
const httpDate =
  /^(?:[a-z]{3,9}, ?)?(?:\d{1,2}[ -][a-z]{3}[ -]\d{2,4} \d\d:\d\d(?::\d\d)?(?: ?(?:gmt|utc|[+-]\d{4}))?|[a-z]{3} [a-z]{3} +\d{1,2} \d\d:\d\d:\d\d \d{4})$/i;
const hasZone = /(?:z|gmt|utc|[+-]\d\d:?\d\d)$/i;

/** More seconds than this are a time since the epoch: 31 years from now are no wait. */
const epochFrom = 1e9;
const epochMsFrom = 1e11;

/** The instant that a date names, in ms; null if it is none. `Date.parse` alone reads `-3` as a day of 2001. */
const readDate = (text: string): number | null => {
  if (!isoDate.test(text) && !httpDate.test(text)) return null;
  const at = Date.parse(hasZone.test(text) ? text : isoDate.test(text) ? `${text.replace(' ', 'T')}Z` : `${text} GMT`);
  return Number.isNaN(at) ? null : at;
};

/**
 * Reads one value of `Retry-After`, or of a reset header, in ms: seconds, a duration with a unit, a date, or a time since
 * the epoch. A list gives the longest of its waits. Null if it cannot be read.
 *
 * @param date The response's own `Date`, which is preferred to this machine's clock.
 */
export const readHeaderWait = (value: string, date: string | null, now: () => number): number | null => {
  const text = value.trim().replace(/^"(.*)"$/, '$1');
  const from = (): number => (date === null ? null : readDate(date.trim())) ?? now();
  const number = plain.exec(text)?.[1];
  if (number !== undefined) {
    const amount = Number(number);
    if (amount < epochFrom) return Math.round(amount * 1_000);
    return Math.max(0, Math.round(amount < epochMsFrom ? amount * 1_000 : amount) - from());
  }
  const at = readDate(text);
  if (at !== null) return Math.max(0, at - from());
  const duration = parseDuration(text);
  if (duration !== null) return Math.round(duration);
  const parts = text.split(',');
  if (parts.length === 1 || parts.length > 10) return null;
  const waits = parts.map((part) => readHeaderWait(part, date, now));
  return waits.every((wait) => wait !== null) ? Math.max(...waits) : null;
};
