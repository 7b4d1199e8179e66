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
  it('is made up to three times more than the attempts allow, and all of it is reported', async () => {
    const { outcome, calls } = await runWith(readOnly, times(5, died));
    expect([calls, outcome.status, outcome.attempts]).toEqual([6, 'healed', 6]);
  });

  it('is given up then', async () => {
    const { outcome, calls } = await runWith({ idempotentHint: true }, times(9, died));
    expect([calls, outcome.status, outcome.attempts]).toEqual([6, 'unknown', 6]);
  });

  it('is not made once more where only one attempt is allowed', async () => {
    expect((await runWith(readOnly, times(2, died), 1)).calls).toBe(1);
  });

  it('leaves its outcome open where one of the lost calls may have taken effect', async () => {
    const { outcome } = await runWith({ idempotentHint: true }, [unauthorized(), died(), unauthorized()]);
    expect([outcome.status, outcome.attempts, outcome.lastDiagnosis?.delivered]).toEqual(['unknown', 3, 'maybe']);
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
