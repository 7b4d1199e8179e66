// biome-ignore-all lint/suspicious/noControlCharactersInRegex: what must not be there
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import { channels } from '../../src/model/terms.ts';
import { relativeCost } from '../support/relative-cost.ts';
import { diagnoser } from './support.ts';

fc.configureGlobal({ seed: 20_260_204 });

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
  if (diagnosis.class === 'usage' || diagnosis.class === 'unrecognised' || !diagnosis.failure)
    expect(diagnosis.fixes).toEqual([]);
  if (diagnosis.retryAfterMs !== null) expect(diagnosis.retryAfterMs).toBeGreaterThanOrEqual(0);
};

/** Expects that a hundred times the input costs about the same: work on all of it would cost a hundred times as much. */
const expectBounded = <T>(large: T, small: T, run: (input: T) => void): void => {
  const limit = 20;
  const ratio = relativeCost(
    () => run(large),
    () => run(small),
    limit,
  );
  expect(ratio).toBeLessThanOrEqual(limit);
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

  it('ends on errors and bodies that contain themselves, and on deeply nested JSON', () => {
    const self: Error = new Error('ECONNREFUSED');
    self.cause = self;
    const ring: Record<string, unknown> = { message: 'x' };
    ring.error = ring;
    ring.errors = [ring, ring];
    ring.response = { data: ring };
    const nested = `${'{"error":'.repeat(1_500)}1${'}'.repeat(1_500)}`;
    for (const value of [self, ring, nested]) {
      for (const channel of channels)
        expectWellFormed(diagnoser.diagnose({ tool: 'tool', channel, value, error: value }));
    }
  });

  it.each<[string, (size: number) => unknown]>([
    [
      'a list of errors',
      (size) =>
        new AggregateError(
          Array.from({ length: size }, () => new Error('x')),
          'wide',
        ),
    ],
    [
      'a chain of causes',
      (size) => {
        let deep: Error = new Error('bottom');
        for (let depth = 0; depth < size; depth++) deep = new Error('up', { cause: deep });
        return deep;
      },
    ],
    [
      'nested objects',
      (size) => {
        let value: unknown = 1;
        for (let depth = 0; depth < 10 * size; depth++) value = { error: value };
        return value;
      },
    ],
  ])('costs the same for %s, however long', (_, make) => {
    const [large, small] = [make(20_000), make(200)];
    for (const channel of channels) {
      expectBounded(large, small, (value) =>
        expectWellFormed(diagnoser.diagnose({ tool: 'tool', channel, value, error: value })),
      );
    }
  });

  it.each([
    ['one long line', 'a'],
    ['many short lines', 'a\n'],
    ['only line ends', '\n'],
    ['blanks', ' '],
    ['NULs', '\0'],
    ['half characters', '\ud83d'],
    ['words of failure', 'connection refused 401 Unauthorized timeout '],
    ['opening brackets', '{['],
    ['opening brackets of one kind', '['],
    ['nested JSON', '{"error":'],
    ['quotes', '"\''],
    ['a wide JSON object', ''],
    ['paths', '/a'],
    ['digits', '4'],
    ['code words', 'E_E'],
  ])('costs the same for 5 MB of %s as for 50 KB', (_, piece) => {
    const text = (size: number): string =>
      piece === ''
        ? JSON.stringify(Object.fromEntries(Array.from({ length: size / 20 }, (_unused, i) => [`key${i}`, i])))
        : piece.repeat(Math.ceil(size / piece.length));
    const [large, small] = [text(5_000_000), text(50_000)];
    expectBounded(new Error(large), new Error(small), (error) =>
      expectWellFormed(diagnoser.diagnose({ tool: 'tool', channel: 'exception', error })),
    );
    expectBounded(large, small, (value) =>
      expectWellFormed(diagnoser.diagnose({ tool: 'tool', channel: 'result', value })),
    );
    for (const wrap of [
      (output: string) => output,
      (output: string) => ({ content: [{ type: 'text', text: output }] }),
    ]) {
      // A single call takes less than a microsecond.
      expectBounded<unknown>(wrap(large), wrap(small), (value) => {
        for (let count = 0; count < 1_000; count += 1) diagnoser.looksHealthy(value);
      });
    }
  });
});
