import { describe, expect, it } from 'vitest';
import { ScriptedError, scriptedFix, testHealer } from '../support/healer.ts';

const closed = {
  class: 'network',
  pattern: 'network.client_closed',
  fixes: ['retry_backoff'],
  situation: 'backend_error',
  grade: 'report',
  phase: 'unknown',
  delivered: 'maybe',
} as const;

const bench = (restartIfIdle: () => Promise<boolean>) => {
  const parts = testHealer([scriptedFix('retry_backoff')], { restartIfIdle, pauses: null });
  let calls = 0;
  const fails = (): never => {
    calls += 1;
    throw new ScriptedError(closed);
  };
  return { ...parts, fails, calls: () => calls };
};

describe('a tool whose own client is closed for good', () => {
  it('has its server restarted before the retry after one that has not helped', async () => {
    const restartedAfter: number[] = [];
    const { healer, fails, calls } = bench(async () => {
      restartedAfter.push(calls());
      return true;
    });
    await healer.runOutcome('tool', fails, { annotations: { readOnlyHint: true } });
    expect([restartedAfter, calls()]).toEqual([[2], 3]);
  });

  it('is not called again if it has become destructive with the restart', async () => {
    let readOnlyHint = true;
    const { healer, fails, calls } = bench(async () => {
      readOnlyHint = false;
      return true;
    });
    const annotations = () => ({ readOnlyHint, destructiveHint: !readOnlyHint });
    const outcome = await healer.runOutcome('tool', fails, { annotations });
    expect(outcome).toMatchObject({
      ...{ status: 'unknown', kind: 'destructive', attempts: 2, refusal: { code: 'REPEAT_UNSAFE' } },
    });
    expect(calls()).toBe(2);
  });

  it('is retried as ever if the restart fails', async () => {
    const { healer, fails, calls, warnings } = bench(() => Promise.reject(new Error('it does not start')));
    const outcome = await healer.runOutcome('tool', fails, { annotations: { readOnlyHint: true } });
    expect([outcome.attempts, calls()]).toEqual([3, 3]);
    expect(warnings).toEqual(['the MCP server was not restarted: it does not start']);
  });
});
