import { describe, expect, it } from 'vitest';
import type { Fix, FixReport, FixRequest } from '../../src/model/fix.ts';
import {
  alreadyFixedReport,
  detachedReport,
  dryRun,
  fromOtherProcess,
  fromThisProcess,
  leaseUnavailable,
  nobodyToAsk,
  questionText,
  refused,
} from '../../src/sharing/fix-reports.ts';

const fix: Fix = {
  name: 'kube_login',
  key: 'host:kube_login:default',
  description: 'runs `tsh kube login`',
  run: () => Promise.reject(new Error('it is not run')),
};
const busy = { busy: true, holder: 'process 42', forMs: 3_040, overdue: false, endsInMs: null } as const;

const waiting = new AbortController().signal;
const gaveUp = AbortSignal.abort();
const late = AbortSignal.abort(new DOMException('the time is up', 'TimeoutError'));

describe('the report of a fix that this call did not run', () => {
  it('carries the code and the reason of a refusal', () => {
    expect(refused({ code: 'FIX_BUSY', reason: 'why' })).toEqual({
      status: 'refused',
      code: 'FIX_BUSY',
      reason: 'why',
    });
  });

  it('says that nobody can be asked about a fix, or about a lesson by its own name', () => {
    expect(nobodyToAsk(fix)).toEqual({
      status: 'refused',
      code: 'FIX_NOT_APPROVED',
      reason: 'kube_login has `mode: ask`, and there is nobody to ask',
    });
    const { reason } = nobodyToAsk({ ...fix, name: 'lesson:my-lesson:2' as never });
    expect(reason).toBe(
      'the lesson my-lesson:2 asks before it runs, and there is nobody to ask: use a client that can ask (elicitation), or move it up with `healflow learn auto my-lesson:2`',
    );
    expect(nobodyToAsk({ ...fix, name: 'own:lesson:2' as never }).reason).toBe(
      'own:lesson:2 has `mode: ask`, and there is nobody to ask',
    );
  });

  it('says what a dry run would have done', () => {
    expect(dryRun(fix)).toEqual({
      status: 'refused',
      code: 'DRY_RUN',
      reason: expect.stringMatching(/dry run.*`tsh kube login`/),
    });
  });

  it('is shared with the run that fixed it meanwhile', () => {
    expect(alreadyFixedReport('why')).toEqual({
      status: 'not_needed',
      code: 'ALREADY_FIXED',
      reason: 'why',
      shared: true,
    });
  });

  it('names who was running it when the caller gave up', () => {
    expect(leaseUnavailable(fix, busy, gaveUp)).toEqual({
      status: 'cancelled',
      reason: expect.stringMatching(/the caller .*process 42.* 3\.0 s/),
    });
  });

  it.each([
    ['the deadline came', late],
    ['the holder was no longer waited for', waiting],
  ])('is refused as busy if %s', (_, cancels) => {
    const { reason, ...report } = leaseUnavailable(fix, busy, cancels);
    expect(report).toEqual({ status: 'refused', code: 'FIX_BUSY' });
    expect(reason).toMatch(/^kube_login .*process 42.* 3\.0 s.*deadline/);
  });

  it('tells a holder that is far too slow from a deadline that was close', () => {
    const { reason } = leaseUnavailable(fix, { ...busy, overdue: true }, waiting);
    expect(reason).toMatch(/^kube_login .*process 42.* 3\.0 s.*longer/);
    expect(reason).not.toMatch(/deadline/);
  });

  it('says when the lock of a holder that cannot be seen ends', () => {
    const { reason } = leaseUnavailable(fix, { ...busy, endsInMs: 43_000 }, waiting);
    expect(reason).toMatch(/; if the holder is gone, its lock ends in 43\.0 s$/);
  });

  it('says whether the deadline or the caller ended the wait for a run that goes on', () => {
    expect(detachedReport(late)).toEqual({
      status: 'timed_out',
      reason: expect.stringMatching(/still running.*deadline/),
      shared: true,
    });
    expect(detachedReport(gaveUp)).toEqual({
      status: 'cancelled',
      reason: expect.stringMatching(/caller.*other calls/),
      shared: true,
    });
  });

  it('repeats what the run for another call reported', () => {
    const report: FixReport = {
      fix: 'kube_login',
      status: 'failed',
      reason: 'exit code 1',
      durationMs: 5,
      output: 'no',
    };
    expect(fromThisProcess(report)).toEqual({
      ...report,
      reason: expect.stringMatching(/another call.*exit code 1/),
      shared: true,
    });
  });

  it('repeats what the run in another process reported, with its code if it has one', () => {
    const run = { id: 'run', by: 'another', endedAt: 1, status: 'failed', reason: 'exit code 1' } as const;
    const reason = expect.stringMatching(/another process.*exit code 1/);
    expect(fromOtherProcess(run)).toEqual({ status: 'failed', reason, shared: true });
    expect('code' in fromOtherProcess(run)).toBe(false);
    expect(fromOtherProcess({ ...run, code: 'FIX_BUSY' })).toEqual({
      status: 'failed',
      reason,
      code: 'FIX_BUSY',
      shared: true,
    });
  });
});

describe('the question that a person is asked', () => {
  it('names the tool, what failed, the fix and what it does', () => {
    const request = { tool: 'get_pods', diagnosis: { summary: 'the token has expired' } } as FixRequest;
    expect(questionText(fix, request)).toMatch(/get_pods.*the token has expired\n.*kube_login runs `tsh kube login`/);
  });
});
