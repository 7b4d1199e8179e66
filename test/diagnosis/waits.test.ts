import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { waitOfBody } from '../../src/diagnosis/waits/members.ts';
import { waitOfWords } from '../../src/diagnosis/waits/text.ts';
import { now as at, diagnoser, returned } from './support.ts';

fc.configureGlobal({ seed: 20_260_204 });

const seed = 20_261_130;
const now = (): number => at;
const words = (text: string, limited = true): number | null => waitOfWords(text, now, { failureAt: -1, limited });

const asking = [
  (wait: string) => `Rate limit exceeded. Try again in ${wait}.`,
  (wait: string) => `Too many requests, please wait ${wait}`,
  (wait: string) => `429: retry after ${wait}`,
  (wait: string) => `You can retry in about ${wait} (limit: 10 per hour)`,
  (wait: string) => `A wait of ${wait} is required`,
  (wait: string) => `The limit resets in ${wait}`,
  (wait: string) => `The request took 7 s; back off for ${wait}`,
  (wait: string) => `Your account is locked for ${wait}`,
  (wait: string) => `Wait ${wait} before the next call`,
  (wait: string) => `quota spent, ${wait} until reset`,
];
const forms = [
  (s: number) => `${s}s`,
  (s: number) => `${s} seconds`,
  (s: number) => `${s}.0 seconds`,
  (s: number) => `${s * 1_000} ms`,
  (s: number) => `${s}000ms`,
  (s: number) => `${Math.floor(s / 60)}m${s % 60}s`,
  (s: number) => `${Math.floor(s / 60)} minutes ${s % 60} seconds`,
  (s: number) => `PT${s}S`,
];

describe('the wait that words ask for', () => {
  it('is every duration in every form, near words of waiting', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...asking),
        fc.constantFrom(...forms),
        fc.integer({ min: 1, max: 3_000 }),
        (sentence, form, seconds) => {
          expect(words(sentence(form(seconds)))).toBe(seconds * 1_000);
        },
      ),
      { seed, numRuns: 1_000 },
    );
  });

  it.each([
    ['Please wait 17 seconds', 17_000],
    ['Retry in 5.0 seconds', 5_000],
    ['try again in 6m0s', 360_000],
    ['Limit exceeded, please retry after 2h30m', 9_000_000],
    ['FLOOD_WAIT_30', 30_000],
    ['Retry after 17', 17_000],
    ['(Retry-After: 3)', 3_000],
    ['retry-after=93', 93_000],
    ['{"retry_after_ms": 2300}', 2_300],
    ["{'retryDelay': '3.5s'}", 3_500],
    ['retry_delay { seconds: 34 }', 34_000],
    ['Retry-After (ms): 1500', 1_500],
    ['seconds until reset: 42', 42_000],
    ['X-RateLimit-Reset-After: 12.5', 12_500],
    ['Try again in 00:01:30', 90_000],
    ['Try again in two minutes.', 120_000],
    ['limit resets at 2026-11-24T04:00:30Z', 30_000],
    ['blocked until 2026-11-24 04:01:00 UTC', 60_000],
    ['Limit 100 requests per 60 seconds, try again in 5 s', 5_000],
    ['Try again after 5 minutes (limit: 10 per 5 minutes)', 300_000],
    ['Next slot opens in 1m30s.', 90_000],
    ['Bitte versuchen Sie es in 2 Minuten erneut.', 120_000],
    ['Bitte warten Sie 2,5 Sekunden', 2_500],
    ['Veuillez patienter 30 secondes', 30_000],
    ['Réessayez dans 1 min 30 s', 90_000],
    ['Inténtelo de nuevo en 15 segundos', 15_000],
    ['Tente novamente em 10 segundos.', 10_000],
    ['Riprova tra 20 secondi', 20_000],
    ['Probeer het over 20 seconden opnieuw', 20_000],
    ['Spróbuj ponownie za 15 sekund', 15_000],
    ['Повторите попытку через 10 секунд', 10_000],
    ['30 saniye sonra tekrar deneyin', 30_000],
    ['30 秒後に再試行してください。', 30_000],
    ['请 10 秒后重试', 10_000],
    ['30초 후에 다시 시도하세요', 30_000],
  ])('of %s', (text, ms) => {
    expect(words(text)).toBe(ms);
  });

  it.each([
    'timed out after 30 seconds',
    'Timed out waiting 30 s for the lock',
    'timeout of 5000ms exceeded',
    'Maximum wait time of 120 s exceeded',
    'deadline of 45s passed while waiting',
    'No response in 30 seconds, retrying',
    'connection reset after 30 s',
    'took 3 s',
    'cache for 60 s',
    '100 requests per 60 seconds',
    'slow down: 5 requests in 1 second allowed',
    'Retry after 3 attempts',
    'try again at 14:30:00',
    'wait -5 seconds',
    'retry after 99999999 seconds',
    'limit was reset at 2026-11-24T03:00:00Z',
    '30 秒后超时',
    'The lock was held for 30 s; giving up after 3 tries',
  ])('is none in %s', (text) => {
    expect(words(text)).toBeNull();
  });

  it('is the one beside the failure, of several that are asked for, and the longest if none is', () => {
    const text = 'Burst limit hit, retry in 5 s. Then: daily limit hit, retry in 2 h.';
    expect(waitOfWords(text, now, { failureAt: text.indexOf('Burst'), limited: true })).toBe(5_000);
    expect(waitOfWords(text, now, { failureAt: text.indexOf('daily'), limited: true })).toBe(7_200_000);
    expect(words('429, retrying in 1s\n429, retrying in 2s\n429, retrying in 4s')).toBe(4_000);
    expect(words('retry in 5 s (the daily quota resets in 9 h)')).toBe(5_000);
  });

  it('is none that only says when something ends, if the failure is no limit', () => {
    expect(words('The file is available in 30 s', false)).toBeNull();
    expect(words('Try again in 30 s', false)).toBe(30_000);
  });
});

describe('the wait that a body asks for', () => {
  it.each([
    [{ rateLimit: { resetIn: 30 } }, 30_000],
    [{ retry_after_ms: 250 }, 250],
    [{ retryAfterMs: 250, retryAfter: 1 }, 250],
    [{ retryAfter: '2 minutes' }, 120_000],
    [{ details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '3.5s' }] }, 3_500],
    [{ retryDelay: { seconds: '34', nanos: 500_000_000 } }, 34_500],
    [{ reset_after: 3 }, 3_000],
    [{ 'X-RateLimit-Reset-After': '1.5' }, 1_500],
    [{ resume_after_s: 90 }, 90_000],
    [{ seconds_until_reset: 7 }, 7_000],
    [{ retry_after: 'PT30S' }, 30_000],
    [{ retry_after: '00:00:10' }, 10_000],
    [{ reset: at / 1_000 + 30 }, 30_000],
    [{ resetAt: new Date(at + 5_000).toISOString() }, 5_000],
    [{ backoff: { seconds: 3 } }, 3_000],
  ])('of %j', (body, ms) => {
    expect(waitOfBody(body, now)).toBe(ms);
  });

  it.each([
    { retry: 3, retries: 3, retryCount: 4, retryable: true },
    { retry_after: -3 },
    { retryAfterMs: 1.5e11 },
    { timeout: 30, wait: 5, available: 5 },
    { reset: at / 1_000 - 30 },
    { retry_after: 'soon' },
  ])('is none in %j', (body) => {
    expect(waitOfBody(body, now)).toBeNull();
  });
});

describe('a healthy text', () => {
  it('asks for no wait, whatever durations and words of waiting are in it', () => {
    const piece = fc.constantFrom(
      'retry in 5s',
      'wait 30 seconds',
      'Notes',
      'the list',
      'has',
      '10 items',
      'after 20s',
      'done',
      '-',
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (pieces) => {
        const diagnosis = returned(`# Timers\n\n${pieces.join(' ')}\n\n## More\n`);
        expect(diagnosis).toMatchObject({ failure: false, retryAfterMs: null });
      }),
      { seed, numRuns: 300 },
    );
  });

  it('asks for none in a list of jobs', () => {
    const jobs = [
      { id: 1, state: 'delayed', retry_after: 30 },
      { id: 2, state: 'done', retry_after: 5 },
    ];
    expect(
      diagnoser.diagnose({ tool: 'list_jobs', channel: 'result', value: JSON.stringify(jobs) }).retryAfterMs,
    ).toBeNull();
  });
});
