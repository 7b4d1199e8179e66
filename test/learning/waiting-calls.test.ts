import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../src/learning/model.ts';
import { signatureOf } from '../../src/learning/signature.ts';
import { type FailedCall, WaitingCalls } from '../../src/learning/waiting-calls.ts';
import { FakeClock } from '../support/fake-clock.ts';

const open = (options: Partial<ConstructorParameters<typeof WaitingCalls>[0]> = {}) => {
  const clock = new FakeClock();
  const waiting = new WaitingCalls({
    ...{
      clock,
      signatureOf,
      digestArgs: (args: unknown) => (args === undefined ? null : 'd'.repeat(16)),
    },
    ...options,
  });
  const fail = (more: Partial<FailedCall> = {}): void =>
    waiting.add({
      ...{ tool: 'get_pods', line: 'connection refused', class: 'network', args: undefined, since: clock.now() },
      ...more,
    });
  return { clock, waiting, fail };
};

const madeAgain = (result: CheckResult) => async () => ({ result, line: result === 'failed' ? 'token expired' : null });

describe('the calls that wait', () => {
  it('are the newest, each once, and not for long', async () => {
    const { clock, waiting, fail } = open({ maxCalls: 3, maxAgeMs: 1_000 });
    for (const id of [1, 2, 3, 4]) fail({ args: { id } });
    expect(waiting.list()).toHaveLength(3);
    await clock.advance(600);
    fail({ args: { id: 4 }, tool: 'get_pods' });
    expect(waiting.list()).toHaveLength(3);
    expect(waiting.list()[0]?.since).toBe(clock.now() - 600);
    await clock.advance(600);
    expect(waiting.list()).toHaveLength(1);
    await clock.advance(600);
    expect(waiting.list()).toEqual([]);
  });

  it('show no arguments, and a digest only on request', async () => {
    const { waiting, fail } = open();
    fail({ args: { token: 'dummy-secret' } });
    const [call] = waiting.list();
    expect(JSON.stringify(waiting.list())).not.toContain('dummy-secret');
    expect(await waiting.digestOf(call?.id ?? '')).toBe('dddddddddddddddd');
    expect(await waiting.digestOf('unknown')).toBeNull();
  });

  it('are dropped when the same call has succeeded, in whatever way it had failed', () => {
    const { waiting, fail } = open();
    for (const line of ['connection refused', 'token expired']) fail({ args: { a: 1, b: 2 }, line });
    fail({ args: { a: 2 } });
    fail({ tool: 'list_nodes', args: { a: 1, b: 2 } });
    waiting.succeeded('get_pods', { b: 2, a: 1 });
    expect(waiting.list().map(({ tool }) => tool)).toEqual(['list_nodes', 'get_pods']);
    expect(waiting.size).toBe(2);
  });

  it('keep nothing of a call that is too large, which then cannot be checked', async () => {
    const { waiting, fail } = open({ maxBytes: 1_000 });
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    const large = [{ text: 'x'.repeat(2_000) }, { items: Array(200).fill(1) }, cycle, { bytes: Buffer.alloc(2_000) }];
    for (const [i, args] of large.entries()) fail({ tool: `large_${i}`, args, again: madeAgain('succeeded') });
    fail({ tool: 'small', args: { text: 'x' }, again: madeAgain('succeeded') });
    expect(waiting.list().map(({ canCheck }) => canCheck)).toEqual([true, false, false, false, false]);
    expect(await waiting.digestOf('1')).toBeNull();
    expect((await waiting.check('1', 1_000)).result).toBe('unknown');
    waiting.succeeded('large_0', { text: 'y'.repeat(2_000) });
    expect(waiting.list()).toHaveLength(4);
  });

  it('are dropped after their time although nothing fails any more, and leave no timer behind', async () => {
    const { clock, waiting, fail } = open({ maxAgeMs: 10_000 });
    fail({ args: { id: 1 } });
    await clock.advance(6_000);
    fail({ args: { id: 2 } });
    await clock.advance(4_000);
    expect(waiting.size).toBe(1);
    await clock.advance(6_000);
    expect([waiting.size, clock.pending]).toEqual([0, 0]);
    fail();
    waiting.close();
    expect(clock.pending).toBe(0);
  });

  it('keep the process from ending no more than their timer does', () => {
    let isUnref = false;
    const clock = new FakeClock();
    const timers = Object.assign(Object.create(clock), {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      setTimeout: () => ({ unref: () => (isUnref = true) }),
    });
    open({ clock: timers }).fail();
    expect(isUnref).toBe(true);
  });

  it('keep the id while the same call fails, also while it is checked', async () => {
    const { waiting, fail } = open();
    let end = (_made: { result: CheckResult; line: null }): void => {};
    const again = () =>
      new Promise<{ result: CheckResult; line: null }>((resolve) => {
        end = resolve;
      });
    fail({ args: { id: 1 }, again });
    const check = waiting.check('1', 1_000);
    await Promise.resolve();
    fail({ args: { id: 1 }, again });
    expect(waiting.list().map(({ id }) => id)).toEqual(['1']);
    end({ result: 'succeeded', line: null });
    expect((await check).result).toBe('succeeded');
    expect(waiting.list()).toEqual([]);
  });

  it('do not drop one that is being repaired for others, nor when it succeeds meanwhile', async () => {
    const { clock, waiting, fail } = open({ maxCalls: 4 });
    fail({ args: { id: 0 }, again: madeAgain('failed') });
    await waiting.check('1', 1_000);
    for (let id = 1; id <= 20; id += 1) fail({ args: { id } });
    expect(waiting.size).toBe(4);
    await clock.advance(60_000);
    waiting.succeeded('get_pods', { id: 0 });
    expect(waiting.list().map(({ id }) => id)).not.toContain('1');
    expect((await waiting.check('1', 1_000)).isOver).toBeUndefined();
    await clock.advance(6 * 60_000);
    expect((await waiting.check('1', 1_000)).isOver).toBe(true);
  });

  it('are announced once, with the first that may be made again', () => {
    let announced = 0;
    const onFirst = () => {
      announced += 1;
    };
    const { fail } = open({ onFirst });
    fail();
    expect(announced).toBe(0);
    fail({ tool: 'a', again: madeAgain('failed') });
    fail({ tool: 'b', again: madeAgain('failed') });
    expect(announced).toBe(1);
  });
});

describe('a check', () => {
  it('tells how the call fails now', async () => {
    const { waiting, fail } = open();
    fail({ again: madeAgain('failed') });
    const report = await waiting.check('1', 1_000);
    expect(report).toEqual({ result: 'failed', line: 'token expired', signature: signatureOf('token expired') });
    expect(waiting.list()).toHaveLength(1);
  });

  it('that succeeds ends the wait, but the call can be checked once more', async () => {
    const { waiting, fail } = open();
    fail({ again: madeAgain('succeeded') });
    expect((await waiting.check('1', 1_000)).result).toBe('succeeded');
    expect(waiting.list()).toEqual([]);
    expect((await waiting.check('1', 1_000)).result).toBe('succeeded');
    fail({ again: madeAgain('succeeded') });
    expect(waiting.list()).toHaveLength(1);
  });

  it('never makes a call that may change something', async () => {
    const { waiting, fail } = open();
    fail();
    expect(waiting.list()[0]?.canCheck).toBe(false);
    expect((await waiting.check('1', 1_000)).result).toBe('unknown');
  });

  it('is unknown if it takes too long, breaks, or the healer is closed, and the call is cancelled', async () => {
    const { clock, waiting, fail } = open();
    let signal: AbortSignal | undefined;
    const never = (given: AbortSignal) => {
      signal = given;
      return new Promise<never>(() => {});
    };
    fail({ again: never });
    fail({ tool: 'breaks', again: () => Promise.reject(new Error('gone')) });
    const check = waiting.check('1', 500);
    await clock.advance(500);
    expect((await check).result).toBe('unknown');
    expect(signal?.aborted).toBe(true);
    expect((await waiting.check('2', 500)).result).toBe('unknown');
    const cut = waiting.check('1', 500);
    await clock.advance(1);
    waiting.close();
    expect(signal?.aborted).toBe(true);
    expect((await cut).result).toBe('unknown');
    expect((await waiting.check('1', 500)).result).toBe('unknown');
  });

  it('is shared by all who ask while it runs', async () => {
    const { waiting, fail } = open();
    let made = 0;
    fail({
      again: async () => {
        made += 1;
        return { result: 'failed', line: 'x' };
      },
    });
    await Promise.all([waiting.check('1', 1_000), waiting.check('1', 1_000)]);
    expect(made).toBe(1);
  });
});
