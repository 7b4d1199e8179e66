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
      loadDigestArgs: async () => (args: unknown) => (args === undefined ? null : 'd'.repeat(16)),
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
    await clock.advance(500);
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
