// biome-ignore-all lint/suspicious/noControlCharactersInRegex: what must not be there
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import { channels } from '../../src/model/terms.ts';
import { diagnoser, processorMs } from './support.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 2_000 }),
  fc.string({
    unit: fc.constantFrom('\ud800', '\udc00', '\0', '\n', '\r', '\u001b[31m', 'Error: ', '401 ', '"', '{', ' ', 'a'),
    maxLength: 400,
  }),
);
const anyValue = fc.oneof(
  anyText,
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withSparseArray: true,
    withNullPrototype: true,
  }),
  fc.record(
    {
      content: fc.array(fc.oneof(fc.record({ type: fc.constant('text'), text: anyText }), fc.anything())),
      isError: fc.anything(),
      structuredContent: fc.anything(),
    },
    { requiredKeys: [] },
  ),
  fc.record(
    {
      error: fc.anything(),
      errors: fc.anything(),
      status: fc.anything(),
      code: fc.anything(),
      message: fc.anything(),
      cause: fc.anything(),
      response: fc.anything(),
      headers: fc.anything(),
    },
    { requiredKeys: [] },
  ),
);

const unprintable =
  /[\u0000-\u001f\u007f-\u009f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

const expectWellFormed = (diagnosis: Diagnosis): void => {
  expect(diagnosis.summary.length).toBeLessThanOrEqual(300);
  expect(diagnosis.evidence.length).toBeLessThanOrEqual(200);
  expect(diagnosis.summary).not.toMatch(unprintable);
  expect(diagnosis.evidence).not.toMatch(unprintable);
  expect(diagnosis.failure).toBe(diagnosis.class !== 'none');
  if (diagnosis.class === 'usage' || !diagnosis.failure) expect(diagnosis.fixes).toEqual([]);
  if (diagnosis.retryAfterMs !== null) expect(diagnosis.retryAfterMs).toBeGreaterThanOrEqual(0);
};

/** The shortest of several goes, in ms: what else the machine does is not counted. */
const shortest = (run: () => void, goes = 5): number => {
  const times = Array.from({ length: goes }, () => {
    const begin = processorMs();
    run();
    return processorMs() - begin;
  });
  return Math.min(...times);
};

const throwing: ProxyHandler<object> = {
  get: () => {
    throw new Error('no property for you');
  },
  has: () => {
    throw new Error('nor this');
  },
  ownKeys: () => {
    throw new Error('nor the keys');
  },
  getPrototypeOf: () => {
    throw new Error('nor the prototype');
  },
};

describe('a diagnosis', () => {
  it('never throws and is well formed, whatever was returned or thrown', () => {
    fc.assert(
      fc.property(fc.constantFrom(...channels), anyValue, (channel, value) => {
        expectWellFormed(diagnoser.diagnose({ tool: 'tool', channel, value, error: value }));
        diagnoser.looksHealthy(value);
      }),
      { numRuns: 1_500 },
    );
  });

  it('survives getters and proxies that throw, alone and inside', () => {
    for (const hostile of [new Proxy({}, throwing), new Proxy(new Error('x'), throwing), new Proxy([], throwing)]) {
      for (const value of [
        hostile,
        { content: hostile },
        { content: [hostile] },
        { error: hostile },
        { cause: hostile },
        { errors: [hostile] },
        { headers: hostile, status: 503, ok: false },
      ]) {
        for (const channel of channels)
          expectWellFormed(diagnoser.diagnose({ tool: 'tool', channel, value, error: value }));
        expect(() => diagnoser.looksHealthy(value)).not.toThrow();
      }
    }
    const error = new Error('fine');
    Object.defineProperty(error, 'message', {
      get: () => {
        throw new Error('not fine');
      },
    });
    expectWellFormed(diagnoser.diagnose({ tool: 'tool', channel: 'exception', error }));
  });

  it('ends on errors that cause themselves, and on chains and lists without end', () => {
    const self: Error = new Error('ECONNREFUSED');
    self.cause = self;
    const wide = new AggregateError(
      Array.from({ length: 100_000 }, () => new Error('x')),
      'wide',
    );
    let deep: Error = new Error('bottom');
    for (let depth = 0; depth < 50_000; depth++) deep = new Error('up', { cause: deep });
    const ring: Record<string, unknown> = { message: 'x' };
    ring.error = ring;
    ring.errors = [ring, ring];
    ring.response = { data: ring };
    for (const error of [self, wide, deep, ring]) {
      const took = shortest(() => expectWellFormed(diagnoser.diagnose({ tool: 'tool', channel: 'exception', error })));
      expect(took).toBeLessThan(50);
    }
  });

  it('ends on deeply nested JSON, as a value and as a text', () => {
    const text = `${'{"error":'.repeat(1_500)}1${'}'.repeat(1_500)}`;
    let value: unknown = 1;
    for (let depth = 0; depth < 100_000; depth++) value = { error: value };
    for (const output of [text, value, `${'['.repeat(15_000)}`]) {
      for (const channel of channels) {
        expect(
          shortest(() => expectWellFormed(diagnoser.diagnose({ tool: 'tool', channel, value: output, error: output }))),
        ).toBeLessThan(50);
      }
    }
  });

  it.each([
    ['one long line', 'a'.repeat(1_000_000)],
    ['many short lines', 'a\n'.repeat(500_000)],
    ['only line ends', '\n'.repeat(1_000_000)],
    ['blanks', ' '.repeat(1_000_000)],
    ['NULs', '\0'.repeat(1_000_000)],
    ['half characters', '\ud83d'.repeat(1_000_000)],
    ['words of failure', 'connection refused 401 Unauthorized timeout '.repeat(22_000)],
    ['opening brackets', '{['.repeat(500_000)],
    ['quotes', '"\''.repeat(500_000)],
    [
      'a wide JSON object',
      JSON.stringify(Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => [`key${i}`, i]))),
    ],
    ['paths', '/a'.repeat(500_000)],
    ['digits', '4'.repeat(1_000_000)],
    ['code words', 'E_E'.repeat(333_000)],
  ])('of 1 MB of %s ends in bounded time', (_, text) => {
    expect(
      shortest(
        () => expectWellFormed(diagnoser.diagnose({ tool: 'tool', channel: 'exception', error: new Error(text) })),
        3,
      ),
    ).toBeLessThan(150);
    expect(
      shortest(() => expectWellFormed(diagnoser.diagnose({ tool: 'tool', channel: 'result', value: text }))),
    ).toBeLessThan(10);
    expect(shortest(() => diagnoser.looksHealthy(text), 20)).toBeLessThan(0.1);
    const result = { content: [{ type: 'text', text }] };
    expect(shortest(() => diagnoser.looksHealthy(result), 20)).toBeLessThan(0.1);
  });
});
