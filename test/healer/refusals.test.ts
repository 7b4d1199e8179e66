import { describe, expect, it } from 'vitest';
import { ScriptedError, scriptedFix, testHealer } from '../support/healer.ts';

const failing = () => Promise.reject(new ScriptedError());

describe('a run that is not healed says why', () => {
  it('HEALER_CLOSED after the healer was closed', async () => {
    const { healer } = testHealer();
    await healer.close();
    expect(await healer.runOutcome('tool', failing)).toMatchObject({
      status: 'failed',
      attempts: 1,
      refusal: { code: 'HEALER_CLOSED', reason: 'the healer was closed' },
    });
    expect(await healer.runOutcome('tool', () => 'fine')).toMatchObject({ status: 'succeeded', refusal: null });
  });

  it('REPEAT_SWITCHED_OFF if the config forbids repeats: a repair still runs, a wait does not', async () => {
    const fixes = [scriptedFix('token_refresh'), scriptedFix('retry_backoff')] as const;
    const { healer } = testHealer(fixes, {
      toolRules: () => ({ kind: 'read-only', replay: 'never', reports: null, isStrict: false, upstream: 'default' }),
    });
    expect(await healer.runOutcome('tool', failing)).toMatchObject({
      attempts: 1,
      fixes: [{ fix: 'token_refresh', status: 'succeeded' }],
      refusal: { code: 'REPEAT_SWITCHED_OFF' },
    });
    const limited = new ScriptedError({ fixes: ['retry_backoff'], situation: 'rate_limited' });
    expect(await healer.runOutcome('tool', () => Promise.reject(limited))).toMatchObject({
      attempts: 1,
      fixes: [],
      refusal: { code: 'REPEAT_SWITCHED_OFF' },
    });
  });

  describe('HEALING_SWITCHED_OFF if the config has', () => {
    const healerFor = (onError: 'retry' | 'hand-back') => {
      const fixes = [scriptedFix('token_refresh'), scriptedFix('wait_retry'), scriptedFix('vpn_connect')] as const;
      const rules = { kind: 'read-only', replay: 'safe', reports: null, isStrict: false, upstream: 'default' } as const;
      return { ...testHealer(fixes, { toolRules: () => ({ ...rules, onError }) }), fixes };
    };
    const limited = { class: 'rate', fixes: ['wait_retry'], situation: 'rate_limited' } as const;

    it('hand-back: nothing runs and nothing is retried, whatever the failure, and the failure is logged', async () => {
      const { healer, records, fixes } = healerFor('hand-back');
      for (const error of [new ScriptedError(), new ScriptedError(limited)]) {
        const outcome = await healer.runOutcome('tool', () => Promise.reject(error));
        expect(outcome).toMatchObject({
          error,
          attempts: 1,
          fixes: [],
          refusal: { code: 'HEALING_SWITCHED_OFF', reason: 'the config says `onError: hand-back` for this tool' },
        });
      }
      expect(records).toHaveLength(2);
      expect(fixes.map(({ runs }) => runs)).toEqual([0, 0, 0]);
    });

    it('retry: no repair runs and no probe is asked, but a wait runs and the call is retried', async () => {
      const { healer, fixes } = healerFor('retry');
      expect(await healer.runOutcome('tool', failing)).toMatchObject({
        attempts: 1,
        fixes: [],
        refusal: { code: 'HEALING_SWITCHED_OFF', reason: expect.stringContaining('`onError: retry`') },
      });
      const both = { ...limited, fixes: ['token_refresh', 'wait_retry'] } as const;
      let calls = 0;
      const outcome = await healer.runOutcome('tool', async () => {
        calls += 1;
        if (calls === 1) throw new ScriptedError(both);
        return 'fine';
      });
      expect(outcome).toMatchObject({ status: 'healed', attempts: 2, fixes: [{ fix: 'wait_retry' }] });
      expect(fixes.map(({ runs }) => runs)).toEqual([0, 1, 0]);
    });
  });

  it.each([
    ['refused', 'FIX_REFUSED'],
    ['timed_out', 'FIX_TIMED_OUT'],
    ['cancelled', 'FIX_CANCELLED'],
    ['failed', 'FIX_FAILED'],
  ] as const)('a fix that ended as %s: %s', async (status, code) => {
    const { healer } = testHealer([scriptedFix('token_refresh', status)]);
    expect(await healer.runOutcome('tool', failing)).toMatchObject({
      status: 'failed',
      attempts: 1,
      fixes: [{ fix: 'token_refresh', status }],
      refusal: { code, reason: status },
    });
  });

  it('the code of the limit that refused the fix, if the report has one', async () => {
    const fix = scriptedFix('token_refresh', async () => ({
      fix: 'token_refresh',
      status: 'refused',
      reason: 'cooling down',
      durationMs: 0,
      code: 'FIX_COOLING_DOWN',
    }));
    const { healer } = testHealer([fix]);
    expect(await healer.runOutcome('tool', failing)).toMatchObject({
      refusal: { code: 'FIX_COOLING_DOWN', reason: 'cooling down' },
    });
  });
});

describe("the caller's signal", () => {
  /** A signal that counts the listeners it has. */
  const countingSignal = () => {
    const { signal } = new AbortController();
    const listeners = new Set<unknown>();
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (type: string, listener: never) => {
      listeners.add(listener);
      add(type, listener);
    };
    signal.removeEventListener = (type: string, listener: never) => {
      listeners.delete(listener);
      remove(type, listener);
    };
    return { signal, listeners };
  };

  it.each([
    [true, 'healed'],
    [false, 'failed'],
  ] as const)('has a listener while a run is healed and none afterwards (healed: %s)', async (heals, status) => {
    const { signal, listeners } = countingSignal();
    let during = 0;
    const fix = scriptedFix('token_refresh', async () => {
      during = listeners.size;
      return { fix: 'token_refresh', status: heals ? 'succeeded' : 'failed', reason: '', durationMs: 0 };
    });
    const { healer } = testHealer([fix]);
    const outcome = await healer.runOutcome('tool', ({ attempt }) => (attempt === 1 ? failing() : 'fine'), { signal });
    expect(outcome.status).toBe(status);
    expect({ during, after: listeners.size }).toEqual({ during: 1, after: 0 });
  });
});
