import { describe, expect, it } from 'vitest';
import { ScriptedError, scriptedFix, testHealer } from '../support/healer.ts';

const failing = () => Promise.reject(new ScriptedError());
const limited = () => Promise.reject(new ScriptedError({ fixes: ['wait_retry'], situation: 'rate_limited' }));

describe('after the last attempt', () => {
  it('runs no fix if only one attempt is allowed', async () => {
    const fix = scriptedFix('token_refresh');
    const { healer } = testHealer([fix], { attempts: 1 });
    expect(await healer.runOutcome('tool', failing)).toMatchObject({
      status: 'failed',
      attempts: 1,
      fixes: [],
      refusal: { code: 'ATTEMPTS_EXHAUSTED', reason: 'only 1 attempt is allowed' },
    });
    expect(fix.runs).toBe(0);
  });

  it('takes no trial run of an open breaker for a call that is not healed', async () => {
    const { healer } = testHealer([scriptedFix('token_refresh')], { attempts: 1 });
    for (let call = 0; call < 8; call += 1) {
      expect((await healer.runOutcome('tool', failing)).refusal?.code).toBe('ATTEMPTS_EXHAUSTED');
    }
    expect(healer.health.breakers.every(({ state }) => state !== 'half_open')).toBe(true);
  });

  it('says that no fix is known rather than that no attempt is left', async () => {
    const { healer } = testHealer([], { attempts: 1 });
    const outcome = await healer.runOutcome('tool', () => Promise.reject(new ScriptedError({ fixes: [] })));
    expect(outcome.refusal?.code).toBe('NO_FIX_KNOWN');
  });

  it('runs the fix of another failure only if healForNextCall asks for it', async () => {
    const run = async (healForNextCall: boolean) => {
      const token = scriptedFix('token_refresh');
      const { healer } = testHealer([scriptedFix('vpn_connect'), token], { attempts: 2, healForNextCall });
      const outcome = await healer.runOutcome('tool', ({ attempt }) =>
        attempt === 1
          ? Promise.reject(new ScriptedError({ fixes: ['vpn_connect'], situation: 'not_sent' }))
          : failing(),
      );
      expect(outcome).toMatchObject({ status: 'failed', attempts: 2, refusal: { code: 'ATTEMPTS_EXHAUSTED' } });
      return token.runs;
    };
    expect(await run(false)).toBe(0);
    expect(await run(true)).toBe(1);
  });
});

describe('healForNextCall', () => {
  it('runs the fix, but makes no other call and waits for nothing', async () => {
    const fixes = [scriptedFix('token_refresh'), scriptedFix('wait_retry')] as const;
    const { healer } = testHealer(fixes, { attempts: 1, healForNextCall: true });
    expect(await healer.runOutcome('tool', failing)).toMatchObject({
      attempts: 1,
      fixes: [{ fix: 'token_refresh', status: 'succeeded' }],
      refusal: { code: 'ATTEMPTS_EXHAUSTED' },
    });
    expect(await healer.runOutcome('tool', limited)).toMatchObject({
      attempts: 1,
      fixes: [],
      refusal: { code: 'ATTEMPTS_EXHAUSTED' },
    });
    expect(fixes[1].runs).toBe(0);
  });

  it('does not run a fix twice for one call', async () => {
    const fix = scriptedFix('token_refresh');
    const { healer } = testHealer([fix], { attempts: 2, healForNextCall: true });
    const outcome = await healer.runOutcome('tool', failing);
    expect(outcome).toMatchObject({ attempts: 2, refusal: { code: 'ATTEMPTS_EXHAUSTED' } });
    expect(fix.runs).toBe(1);
  });

  it('reports a fix that failed after the last attempt', async () => {
    const { healer } = testHealer([scriptedFix('token_refresh', 'failed')], { attempts: 1, healForNextCall: true });
    expect((await healer.runOutcome('tool', failing)).refusal?.code).toBe('FIX_FAILED');
  });
});
