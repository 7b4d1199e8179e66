import { describe, expect, it } from 'vitest';
import type { ToolAnnotations } from '../../src/model/run.ts';
import { ScriptedError, scriptedFix, testHealer } from '../support/healer.ts';

const died = () =>
  new ScriptedError({
    class: 'network',
    pattern: 'network.upstream_died',
    fixes: ['retry_backoff'],
    situation: 'interrupted',
    phase: 'unknown',
    delivered: 'maybe',
  });
const unauthorized = () => new ScriptedError();

/** Runs a tool that ends each call with the next of these, and then well. */
const runWith = async (annotations: ToolAnnotations | undefined, ends: Error[], attempts = 3) => {
  const bench = testHealer([scriptedFix('retry_backoff'), scriptedFix('token_refresh')], { attempts });
  let calls = 0;
  const outcome = await bench.healer.runOutcome(
    'get_pods',
    () => {
      const error = ends[calls];
      calls += 1;
      if (error !== undefined) throw error;
      return 'pods';
    },
    { annotations },
  );
  return { outcome, calls, bench };
};
const readOnly = { readOnlyHint: true };
const times = (count: number, make: () => Error): Error[] => Array.from({ length: count }, make);

describe('a harmless call whose server dies again and again', () => {
  it('is made as often as the attempts allow', async () => {
    const { outcome, calls } = await runWith(readOnly, times(2, died));
    expect([calls, outcome.status, outcome.attempts]).toEqual([3, 'healed', 3]);
  });

  it('is not made more often: each of these calls may have reached a server', async () => {
    const { outcome, calls } = await runWith({ idempotentHint: true }, times(9, died));
    expect([calls, outcome.status, outcome.attempts]).toEqual([3, 'unknown', 3]);
    expect(outcome.refusal?.code).toBe('ATTEMPTS_EXHAUSTED');
  });

  it('is not made once more where only one attempt is allowed', async () => {
    expect((await runWith(readOnly, times(2, died), 1)).calls).toBe(1);
  });

  it('leaves its outcome open where one of the lost calls may have taken effect', async () => {
    const { outcome } = await runWith({ idempotentHint: true }, [unauthorized(), died(), unauthorized()]);
    expect([outcome.status, outcome.attempts]).toEqual(['unknown', 3]);
  });

  it('opens no breaker and costs no retry budget', async () => {
    const { bench } = await runWith(readOnly, []);
    for (let round = 0; round < 200; round += 1) {
      let calls = 0;
      const outcome = await bench.healer.runOutcome(
        'get_pods',
        () => {
          calls += 1;
          if (calls < 3) throw died();
          return 'pods';
        },
        { annotations: readOnly },
      );
      expect(outcome.status).toBe('healed');
      const unsafe = await bench.healer.runOutcome('pay', () => Promise.reject(died()));
      expect(unsafe.refusal?.code).toBe('REPEAT_UNSAFE');
    }
  });
});

describe('a call that may change things', () => {
  it.each([
    ['destructive', { destructiveHint: true }],
    ['unannotated', undefined],
  ])('is never repeated after a retry that was lost: %s', async (_, annotations) => {
    const { outcome, calls } = await runWith(annotations, [unauthorized(), died(), died()]);
    expect([calls, outcome.status, outcome.attempts]).toEqual([2, 'unknown', 2]);
  });
});

describe('a call that a transport has to send again within one attempt', () => {
  const resent = async (calls: number, attempts = 3) => {
    const bench = testHealer([scriptedFix('retry_backoff')], { attempts });
    const taken: boolean[][] = [];
    const outcome = await bench.healer.heal(
      'get_pods',
      { thrown: true, error: died() },
      (attempt) => {
        taken.push([attempt.takeCall(), attempt.takeCall()]);
        throw died();
      },
      { annotations: readOnly, calls },
    );
    return { ...outcome, taken };
  };

  it('counts each time', async () => {
    expect(await resent(1)).toMatchObject({ attempts: 3, taken: [[true, false]] });
    expect(await resent(2)).toMatchObject({ attempts: 3, taken: [[false, false]] });
    expect(await resent(2, 5)).toMatchObject({ attempts: 5, taken: [[true, true]] });
  });

  it('is not made once more if the first attempt has used up all calls', async () => {
    expect(await resent(3)).toMatchObject({ attempts: 3, taken: [], refusal: { code: 'ATTEMPTS_EXHAUSTED' } });
  });
});
