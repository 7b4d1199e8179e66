import { describe, expect, it } from 'vitest';
import { redactDeep } from '../../src/redact/index.ts';
import { redact } from './support.ts';

const deep = (value: unknown, limits?: Parameters<typeof redactDeep>[2]): unknown => redactDeep(value, redact, limits);

describe('redactDeep', () => {
  it('masks strings by what is in them, and values by their names', () => {
    expect(
      deep({
        text: 'password=hunter2',
        password: 'hunter2',
        pin: { secret: 1234, nested: { a: ['x', 2, true, null, ''] } },
        secret: { name: 'x', list: ['y', 3] },
        'x password=abc1': 1,
        count: 3,
        ok: true,
      }),
    ).toEqual({
      text: 'password=[redacted]',
      password: '[redacted]',
      pin: { secret: '[redacted]', nested: { a: ['x', 2, true, null, ''] } },
      secret: { name: '[redacted]', list: ['[redacted]', '[redacted]'] },
      'x password=[redacted]': '[redacted]',
      count: 3,
      ok: true,
    });
  });

  it('leaves the bookmarks of protocols', () => {
    const meta = { _meta: { progressToken: 7 }, nextPageToken: 'abc', max_tokens: 5 };
    expect(deep(meta)).toEqual(meta);
  });

  it('copies errors, dates, maps, sets, URLs and bytes as something that JSON can hold', () => {
    const error = Object.assign(new Error('token=abc1'), { code: 'E', cause: new TypeError('inner') });
    const copy = deep({
      error,
      at: new Date(0),
      never: new Date(Number.NaN),
      map: new Map<unknown, unknown>([
        ['password', 'x'],
        [1, 2],
      ]),
      set: new Set(['a']),
      url: new URL('https://u:hunter2@x.example/'),
      bytes: new Uint8Array(3),
      big: 10n,
      call: () => 1,
      symbol: Symbol('x'),
      none: undefined,
    });
    expect(JSON.parse(JSON.stringify(copy))).toEqual({
      error: { name: 'Error', message: 'token=[redacted]', code: 'E', cause: { name: 'TypeError', message: 'inner' } },
      at: '1970-01-01T00:00:00.000Z',
      never: null,
      map: { 1: 2, password: '[redacted]' },
      set: ['a'],
      url: 'https://u:[redacted:url-password]@x.example/',
      bytes: '[3 bytes]',
      big: '10',
      call: '[function]',
      symbol: '[symbol]',
    });
  });

  it('is bounded in depth and in size', () => {
    let nested: unknown = 'end';
    for (let level = 0; level < 100_000; level += 1) nested = { nested };
    expect(JSON.stringify(deep(nested))).toContain('[deep]');
    expect(deep([1, 2, 3, 4], { values: 3 })).toEqual([1, 2, '[cut]']);
    expect((deep(Array(1_000_000).fill(1)) as unknown[]).length).toBeLessThanOrEqual(2_000);
    expect(
      Object.keys(deep(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [i, i]))) as object).length,
    ).toBeLessThanOrEqual(2_001);
  });

  it('never throws: cycles, getters that throw, hostile proxies, __proto__', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    const shared = { a: 1 };
    expect(deep(cycle)).toEqual({ self: '[circular]' });
    expect(deep({ one: shared, two: shared })).toEqual({ one: { a: 1 }, two: { a: 1 } });
    expect(
      deep({
        get bad() {
          throw new Error('no');
        },
      }),
    ).toEqual({ bad: '[unreadable]' });
    expect(deep(hostile)).toBe('[unreadable]');
    expect(Object.keys(deep(JSON.parse('{"__proto__":{"x":1}}')) as object)).toEqual(['__proto__']);
  });
});
