import { describe, expect, it } from 'vitest';
import { Cancellation, listen, signalOf, unlisten } from '../../src/platform/cancellation.ts';
import { cancelsOf, LazyRequest, plainRequest } from '../../src/runner/request.ts';

describe.each<[string, () => { cancels: Cancellation | AbortSignal; abort(reason: unknown): void }]>([
  [
    'a cancellation',
    () => {
      const cancels = new Cancellation();
      return { cancels, abort: (reason) => cancels.abort(reason) };
    },
  ],
  [
    'a signal',
    () => {
      const control = new AbortController();
      return { cancels: control.signal, abort: (reason) => control.abort(reason) };
    },
  ],
])('%s', (_, make) => {
  it('tells its listeners once, in order, and none that was removed, also by another', () => {
    const { cancels, abort } = make();
    const told: string[] = [];
    const second = () => told.push('second');
    listen(cancels, () => {
      told.push('first');
      unlisten(cancels, second);
    });
    listen(cancels, second);
    const third = () => told.push('third');
    listen(cancels, third);
    unlisten(cancels, third);
    abort('gone');
    abort('twice');
    expect(told).toEqual(['first']);
    expect([cancels.aborted, cancels.reason]).toEqual([true, 'gone']);
  });
});

describe('the signal of a cancellation', () => {
  it('is one, whenever it is read, and aborts for the same reason', () => {
    const early = new Cancellation();
    const { signal } = early;
    expect(signal.aborted).toBe(false);
    early.abort('gone');
    expect(signalOf(early)).toBe(signal);
    const late = new Cancellation();
    late.abort('gone');
    for (const { aborted, reason } of [signal, late.signal]) expect([aborted, reason]).toEqual([true, 'gone']);
  });
});

describe('a request with a cancellation', () => {
  const cancellation = new Cancellation();
  const control = new AbortController();
  const given = { runId: 'run', tool: 'tool', args: undefined, diagnosis: {} as never, attempt: 1, remainingMs: 10 };

  it('has its signal, also as a plain object that is spread', () => {
    const request = new LazyRequest(given, cancellation, 5);
    expect(cancelsOf(request)).toBe(cancellation);
    expect(request.signal).toBe(cancellation.signal);
    expect({ ...plainRequest(request) }).toEqual({
      ...given,
      remainingMs: 5,
      signal: cancellation.signal,
      failedAttemptStartedAt: undefined,
      approve: undefined,
      lease: undefined,
    });
  });

  it('is not made of one that has a signal already', () => {
    const request = { ...given, signal: control.signal };
    expect(plainRequest(request)).toBe(request);
    expect(cancelsOf(request)).toBe(control.signal);
  });
});
