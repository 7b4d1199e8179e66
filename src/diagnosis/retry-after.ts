import { type Facts, read } from './facts.ts';
import { readHeaderWait } from './waits/header-value.ts';
import { sane, waitOfBody } from './waits/members.ts';
import { type WaitContext, waitOfWords } from './waits/text.ts';

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

/** Reads the wait that response headers ask for, in ms. */
export const waitOfHeaders = (header: Header, now: () => number): number | null => {
  const date = header('date');
  const exact = header('retry-after-ms') ?? header('x-ms-retry-after-ms');
  if (exact !== null && /^\d+(?:\.\d+)?$/.test(exact.trim())) return sane(Number(exact));
  const after = header('retry-after');
  if (after !== null) {
    const wait = readHeaderWait(after, date, now);
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
  if (reset !== null) return readHeaderWait(reset, date, now);
  const named = ['requests', 'tokens'].flatMap((what) => {
    const left = header(`x-ratelimit-remaining-${what}`);
    const wait = header(`x-ratelimit-reset-${what}`);
    return left !== null && Number(left) === 0 && wait !== null ? [readHeaderWait(wait, date, now) ?? 0] : [];
  });
  return named.length === 0 ? null : Math.max(...named);
};

const headerLine =
  /^(?:< )?(retry-after(?:-ms)?|date|ratelimit(?:-reset|-remaining)?|x-ratelimit-(?:reset|remaining)(?:-\w+)?|x-rate-limit-reset|x-ms-retry-after-ms)\s?: ?(.+)$/gim;

const waitOfText = (text: string, now: () => number, context: WaitContext): number | null => {
  const headers: Record<string, string> = {};
  for (const [, name, value] of text.matchAll(headerLine)) headers[(name ?? '').toLowerCase()] = value ?? '';
  return waitOfHeaders((name) => headers[name] ?? null, now) ?? waitOfWords(text, now, context);
};

/** A `Retry-After` of these headers that cannot be read; null if there is none. */
const unreadableIn = (headers: object, now: () => number): string | null => {
  const header = headerOf(headers);
  const value = header('retry-after');
  return value === null || readHeaderWait(value, header('date'), now) !== null ? null : value;
};

/** A `Retry-After` of a response that cannot be read; null if there is none. */
export const unreadableRetryAfter = ({ headers }: Facts, now: () => number): string | null =>
  headers.map((one) => unreadableIn(one, now)).find((value) => value !== null) ?? null;

/** The wait that a failure itself asks for, in ms: by header, by body, by text. */
export const retryAfter = (
  facts: Facts,
  text: string,
  now: () => number,
  context: WaitContext = { failureAt: -1, limited: true },
): number | null => {
  for (const headers of facts.headers) {
    const wait = waitOfHeaders(headerOf(headers), now);
    if (wait !== null) return wait;
  }
  for (const body of facts.bodies) {
    const wait = waitOfBody(body, now);
    if (wait !== null) return wait;
  }
  return waitOfText(text, now, context);
};
