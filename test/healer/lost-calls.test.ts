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

describe('a call that is sent again within one of several tries', () => {
  const refused = (grade: 'proof' | 'report') =>
    new ScriptedError({
      class: 'network',
      subclass: 'refused',
      fixes: ['retry_backoff'],
      situation: grade === 'proof' ? 'not_sent' : 'backend_error',
      grade,
    });

  /** Each try asks so often whether it may be sent again, and fails. */
  const tried = async (asked: readonly number[], grade: 'proof' | 'report', attempts: number) => {
    const { healer, clock } = testHealer([scriptedFix('retry_backoff')], { attempts });
    let tries = 0;
    let sent = 1;
    const run = healer.heal('tool', { thrown: true, error: refused(grade) }, (attempt) => {
      sent += 1;
      for (let left = asked[tries] ?? 0; left > 0 && attempt.takeCall(); left -= 1) sent += 1;
      tries += 1;
      throw refused(grade);
    });
    const outcome = await clock.runUntil(run);
    return { attempts: outcome.attempts, tries, sent, refusal: outcome.refusal?.code };
  };

  it('is counted once each time that it is sent, if each try counts', async () => {
    expect(await tried([1], 'report', 5)).toMatchObject({ attempts: 5, sent: 5, tries: 3 });
    expect(await tried([0, 1], 'report', 5)).toMatchObject({ attempts: 5, sent: 5, tries: 3 });
    expect(await tried([1, 1], 'report', 6)).toMatchObject({ attempts: 6, sent: 6, tries: 3 });
  });

  it('is never sent more often than the attempts allow', async () => {
    for (const asked of [[9], [0, 9], [1, 9], [9, 9, 9]])
      expect(await tried(asked, 'report', 4)).toMatchObject({ attempts: 4, sent: 4, refusal: 'ATTEMPTS_EXHAUSTED' });
  });

  it('counts what has reached the server, not the tries that did not', async () => {
    const outcome = await tried([0, 1, 0, 1], 'proof', 5);
    expect(outcome).toMatchObject({ attempts: 4, refusal: 'PATIENCE_EXHAUSTED' });
    expect(outcome.tries).toBeGreaterThan(4);
    expect(await tried([9, 9, 9, 9], 'proof', 3)).toMatchObject({ attempts: 3, refusal: 'PATIENCE_EXHAUSTED' });
  });
});

describe('a retry whose turn does not come before the deadline', () => {
  it('is no attempt, and leaves the outcome of the one before', async () => {
    const { healer, clock } = testHealer([scriptedFix('vpn_connect')], { deadlineMs: 1_000 });
    const outage = () =>
      healer.runOutcome('tool', ({ attempt }) => {
        if (attempt === 1) {
          throw new ScriptedError({
            ...{ class: 'network', subclass: 'refused', situation: 'not_sent' },
            fixes: ['vpn_connect', 'retry_backoff'],
          });
        }
        return 'fine';
      });
    const outcomes = await clock.runUntil(Promise.all(Array.from({ length: 100 }, outage)));
    expect(outcomes.at(-1)).toMatchObject({
      ...{ status: 'failed', attempts: 1, refusal: { code: 'DEADLINE_PASSED' } },
      lastDiagnosis: { delivered: 'no' },
    });
  });
});
