import { describe, expect, it } from 'vitest';
import { createRunLog, describeRun, RefusalLog, RepairHint } from '../../../src/mcp/healing/run-log.ts';
import type { FixReport } from '../../../src/model/fix.ts';
import type { Refusal, RefusalCode } from '../../../src/model/refusal.ts';
import type { RunReport } from '../../../src/model/run.ts';

const fixed = (status: FixReport['status'], reason = 'exit code 1'): FixReport => ({
  fix: 'kube_login',
  status,
  reason,
  durationMs: 1,
});

const report = (more: Partial<RunReport> = {}): RunReport => ({
  runId: 'r',
  tool: 'k8s_get_pods',
  kind: 'read-only',
  status: 'healed',
  attempts: 2,
  diagnosis: null,
  lastDiagnosis: null,
  fixes: [fixed('succeeded')],
  refusal: null,
  advice: null,
  startedAt: 0,
  durationMs: 1_234,
  ...more,
});

const line = (more: Partial<RunReport> = {}): string | undefined => describeRun(report(more), (text) => text);

describe('describeRun', () => {
  it.each<[string, Partial<RunReport>]>([
    ['k8s_get_pods healed by kube_login (2 attempts, 1.2 s)', {}],
    ['k8s_get_pods healed by a repeated call (2 attempts, 1.2 s)', { fixes: [fixed('not_needed')] }],
    [
      'k8s_get_pods not healed: kube_login failed: exit code 1 (1 attempt, 1.2 s)',
      { status: 'failed', attempts: 1, fixes: [fixed('failed')] },
    ],
    [
      'k8s_get_pods not healed and may have taken effect: the tool is destructive (1 attempt, 1.2 s)',
      {
        status: 'unknown',
        attempts: 1,
        fixes: [],
        refusal: { code: 'REPEAT_UNSAFE', reason: 'the tool is destructive' },
      },
    ],
    ['k8s_get_pods not healed: it failed again (2 attempts, 1.2 s)', { status: 'failed' }],
  ])('says %j', (said, more) => {
    expect(line(more)).toBe(said);
  });

  it('does not report a failure that nothing was done about', () => {
    expect(line({ status: 'failed', attempts: 1, fixes: [] })).toBeUndefined();
  });

  it('does not report a failure without a known fix, whether or not the call took effect', () => {
    const refusal: Refusal = { code: 'NO_FIX_KNOWN', reason: 'no fix is known for this failure (usage)' };
    expect(line({ status: 'unknown', attempts: 1, fixes: [], refusal })).toBeUndefined();
  });

  it('is one short line that is safe for a terminal, whatever the name of the tool', () => {
    const said = line({ tool: `a\n\u001b[2J\u202e${'x'.repeat(500)}` }) ?? '';
    expect(said).toMatch(/^a {2}\[2J x+… healed by/);
    expect(said.length).toBeLessThan(140);
  });

  it('masks secrets', () => {
    expect(describeRun(report({ tool: 'hunter2' }), (text) => text.replaceAll('hunter2', '***'))).toMatch(
      /^\*\*\* healed/,
    );
  });
});

describe('RefusalLog', () => {
  const refused = (code: RefusalCode, tool = 'get'): RunReport =>
    report({
      tool,
      status: 'failed',
      attempts: 1,
      fixes: [],
      refusal: { code, reason: 'kube_login is not configured' },
    });
  const redact = (text: string): string => text;

  it('reports why a failure is returned, once for each tool and reason', () => {
    const notes = new RefusalLog();
    expect(notes.describe(refused('FIX_NOT_CONFIGURED'), redact)).toBe('get not healed: kube_login is not configured');
    expect(notes.describe(refused('FIX_NOT_CONFIGURED'), redact)).toBeUndefined();
    expect(notes.describe(refused('FIX_COOLING_DOWN'), redact)).toBeDefined();
    expect(notes.describe(refused('FIX_NOT_CONFIGURED', 'list'), redact)).toBeDefined();
  });

  it.each(['NO_FIX_KNOWN', 'REPEAT_USELESS', 'CANCELLED'] as const)('does not report %s', (code) => {
    expect(new RefusalLog().describe(refused(code), redact)).toBeUndefined();
  });
});

describe('createRunLog', () => {
  it('says once in a process what a person can do about a failure without a fix, in all its sessions', () => {
    const lines: string[] = [];
    const hint = new RepairHint();
    const session = () =>
      createRunLog(
        (text) => text,
        (line) => lines.push(line),
        hint,
      );
    const failed = (failureClass: string, code: string) =>
      ({
        ...report({ status: 'failed', fixes: [], refusal: { code, reason: 'no fix' } as never }),
        lastDiagnosis: { class: failureClass } as never,
      }) satisfies RunReport;
    session()(failed('usage', 'NO_FIX_KNOWN'));
    session()(failed('server', 'REPEAT_UNSAFE'));
    const hints = () => lines.filter((line) => line.includes('healflow repair'));
    expect(hints()).toEqual([]);
    session()(failed('unrecognised', 'NO_FIX_KNOWN'));
    session()(failed('network', 'FIX_NOT_CONFIGURED'));
    expect(hints()).toEqual([
      expect.stringMatching(/^if you know what repairs \S+, run it as: healflow repair -- COMMAND$/),
    ]);
  });
});
