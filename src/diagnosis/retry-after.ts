import { type Facts, isObject, read } from './facts.ts';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const dayMs = 86_400_000;

/** Waits beyond 30 days are no waits. */
const sane = (ms: number): number | null =>
  Number.isFinite(ms) && ms >= 0 && ms <= 30 * dayMs ? Math.round(ms) : null;

const unitOf = (word: string): number => {
  const lower = word.toLowerCase();
  if (lower === 'ms' || lower.startsWith('mil')) return 1;
  return units[lower[0] ?? 's'] ?? 1_000;
};

/** Reads a duration such as `948ms`, `20s`, `1m30s`, `9.816s` or `6m0s`; in ms. */
export const parseDuration = (text: string): number | null => {
  const parts = [
    ...text.matchAll(/(\d+(?:\.\d+)?) ?(ms|milli\w*|s(?:ec\w*)?|m(?:in\w*)?|h(?:\w*)?|d(?:ay\w*)?)(?![a-z])/gi),
  ];
  if (parts.length === 0) return null;
  return sane(parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * unitOf(unit ?? 's'), 0));
};

type Header = (name: string) => string | null;

const asText = (value: unknown): string | null => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return Array.isArray(value) && typeof value[0] === 'string' ? value[0] : null;
};

/** Looks a header up in a `Headers`, a plain object of any letter case, or pairs. */
export const headerOf = (headers: object): Header => {
  const get = read(headers, 'get');
  if (typeof get === 'function') {
    return (name) => {
      try {
        return asText(get.call(headers, name));
      } catch {
        return null;
      }
    };
  }
  return (name) => {
    const direct = asText(read(headers, name));
    if (direct !== null) return direct;
    for (const key of Object.keys(headers).slice(0, 100)) {
      if (key.toLowerCase() === name) return asText(read(headers, key));
    }
    return null;
  };
};

/** RFC 9110, section 10.2.3: seconds, or a date; the response's own `Date` is preferred to this machine's clock. */
const parseRetryAfter = (value: string, date: string | null, now: () => number): number | null => {
  const text = value.trim();
  if (/^\d+(?:\.\d+)?$/.test(text)) return sane(Number(text) * 1_000);
  const at = Date.parse(text);
  if (Number.isNaN(at)) return parseDuration(text);
  const from = date === null ? Number.NaN : Date.parse(date);
  return sane(Math.max(0, at - (Number.isNaN(from) ? now() : from)));
};

/** A reset is given as seconds from now, or as a time in seconds or ms since the epoch, or as a date. */
const parseReset = (value: string, date: string | null, now: () => number): number | null => {
  const text = value.trim();
  if (!/^\d+(?:\.\d+)?$/.test(text)) {
    return parseDuration(text) ?? (Number.isNaN(Date.parse(text)) ? null : parseRetryAfter(text, date, now));
  }
  const number = Number(text);
  if (number < 1e9) return sane(number * 1_000);
  const at = number > 1e12 ? number : number * 1_000;
  const from = date === null ? Number.NaN : Date.parse(date);
  return sane(Math.max(0, at - (Number.isNaN(from) ? now() : from)));
};

/** Reads the wait that response headers ask for, in ms. */
export const waitOfHeaders = (header: Header, now: () => number): number | null => {
  const date = header('date');
  const exact = header('retry-after-ms') ?? header('x-ms-retry-after-ms');
  if (exact !== null && /^\d+(?:\.\d+)?$/.test(exact.trim())) return sane(Number(exact));
  const after = header('retry-after');
  if (after !== null) {
    const wait = parseRetryAfter(after, date, now);
    if (wait !== null) return wait;
  }
  // draft-ietf-httpapi-ratelimit-headers: `RateLimit: "default";r=0;t=30`, before that `limit=…, remaining=0, reset=30`.
  const combined = header('ratelimit');
  const seconds = combined === null ? null : /(?:\bt|\breset) ?= ?(\d+)/.exec(combined);
  if (seconds !== null && !/(?:\br|\bremaining) ?= ?[1-9]/.test(combined ?? ''))
    return sane(Number(seconds[1]) * 1_000);
  const remaining = header('x-ratelimit-remaining') ?? header('ratelimit-remaining');
  if (remaining !== null && Number(remaining) > 0) return null;
  const reset = header('ratelimit-reset') ?? header('x-ratelimit-reset') ?? header('x-rate-limit-reset');
  if (reset !== null) return parseReset(reset, date, now);
  const named = ['requests', 'tokens'].flatMap((what) => {
    const left = header(`x-ratelimit-remaining-${what}`);
    const wait = header(`x-ratelimit-reset-${what}`);
    return left !== null && Number(left) === 0 && wait !== null ? [parseReset(wait, date, now) ?? 0] : [];
  });
  return named.length === 0 ? null : Math.max(...named);
};

const waitOfBody = (body: object): number | null => {
  for (const key of ['retry_after_ms', 'retryAfterMs', 'retry-after-ms']) {
    const value = read(body, key);
    if (typeof value === 'number') return sane(value);
  }
  for (const key of [
    'retry_after',
    'retryAfter',
    'retry_after_seconds',
    'retryAfterSeconds',
    'retry-after',
    'retryDelay',
    'retry_delay',
    'wait',
  ]) {
    const value = read(body, key);
    if (typeof value === 'number') return sane(value * 1_000);
    if (typeof value === 'string') {
      const wait = /^\d+(?:\.\d+)?$/.test(value) ? sane(Number(value) * 1_000) : parseDuration(value);
      if (wait !== null) return wait;
    }
    if (isObject(value) && typeof read(value, 'seconds') === 'number')
      return sane(Number(read(value, 'seconds')) * 1_000);
  }
  const parameters = read(body, 'parameters') ?? read(body, 'metadata');
  return isObject(parameters) && !Array.isArray(parameters) ? waitOfBody(parameters) : null;
};

const amount = String.raw`(\d+(?:\.\d+)?) ?(milliseconds?|millis|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|Sekunden?|segundos?|secondes?|Minuten?|minutos?|секунд\w*|秒|초)?(?![\w%]|-\d)`;
const compound = String.raw`((?:\d+h)?(?:\d+m(?!s))?(?:\d+(?:\.\d+)?s)|\d+h\d+m|\d+m)(?!\w)`;
const asks = String.raw`\b(?:try|retry|retrying|retried|again|wait(?:ing)?|available|reset(?:s|ting)?|retry this request|retry the request|back ?off|sleep(?:ing)?|limit expires|blocked|next request|erneut|reintentar|réessayez)\b[^.\n\d]{0,40}?\b(?:in|after|for|another|within|at least|until|nach|en|dans|dentro de)? ?(?:about |approximately |~ ?)?`;
const askedCompound = new RegExp(asks + compound, 'i');
const askedAmount = new RegExp(asks + amount, 'i');
const memberMs = /["']?\bretry[_-]?after[_-]?ms["']?\s?[:=]\s?["']?(\d+(?:\.\d+)?)/i;
const member =
  /["']?\bretry[_ -]?(?:after|delay|in)(?:[_-]?(?:seconds|secs))?["']?\s?[:=]\s?["']?(\d+(?:\.\d+)?)\s?(ms|s|m|h)?(?![\w:-])/i;
const headerLine =
  /^(?:< )?(retry-after(?:-ms)?|date|ratelimit(?:-reset|-remaining)?|x-ratelimit-(?:reset|remaining)(?:-\w+)?|x-rate-limit-reset|x-ms-retry-after-ms)\s?: ?(.+)$/gim;

const askedDate =
  /\b(?:retry|again|available|resets?|until)\b[^\n\d]{0,40}(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)/i;

const waitOfText = (text: string, now: () => number): number | null => {
  const headers: Record<string, string> = {};
  for (const [, name, value] of text.matchAll(headerLine)) headers[(name ?? '').toLowerCase()] = value ?? '';
  const byHeader = waitOfHeaders((name) => headers[name] ?? null, now);
  if (byHeader !== null) return byHeader;
  const exact = memberMs.exec(text);
  if (exact !== null) return sane(Number(exact[1]));
  const stated = member.exec(text);
  if (stated !== null) return sane(Number(stated[1]) * (stated[2] === undefined ? 1_000 : unitOf(stated[2])));
  const several = askedCompound.exec(text);
  if (several?.[1] !== undefined && /\d[hm]\d/.test(several[1])) return parseDuration(several[1]);
  const asked = askedAmount.exec(text);
  if (asked === null) {
    const date = askedDate.exec(text)?.[1];
    return date === undefined ? null : parseRetryAfter(date, null, now);
  }
  const unit = asked[2];
  // A bare number counts in seconds only where it is said to be a wait: "retry after 30".
  if (
    unit === undefined &&
    !/(?:after|in|for|wait) ?$/i.test(asked[0].slice(0, asked[0].length - (asked[1] ?? '').length))
  )
    return null;
  const factor = unit === undefined || /^(?:秒|초|с)/.test(unit) ? 1_000 : unitOf(unit);
  return sane(Number(asked[1]) * factor);
};

/** The wait that a failure itself asks for, in ms: by header, by body, by text. */
export const retryAfter = (facts: Facts, text: string, now: () => number): number | null => {
  for (const headers of facts.headers) {
    const wait = waitOfHeaders(headerOf(headers), now);
    if (wait !== null) return wait;
  }
  for (const body of facts.bodies) {
    const wait = waitOfBody(body);
    if (wait !== null) return wait;
  }
  return /\d/.test(text) ? waitOfText(text, now) : null;
};
