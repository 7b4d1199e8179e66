import type { HealerPort } from '../../../src/mcp/healing/healer-port.ts';
import type { Diagnosis } from '../../../src/model/diagnosis.ts';
import type { FixReport } from '../../../src/model/fix.ts';
import type { RawOutcome, RunOptions, RunOutcome, Task } from '../../../src/model/run.ts';
import { isRecord } from '../../../src/text/is-record.ts';

export interface Healed {
  readonly tool: string;
  readonly first: RawOutcome<unknown>;
  readonly options: RunOptions & { readonly startedAt?: number | undefined };
}

/** A healer that repeats a failed call up to a number of attempts, with a fix before every retry. */
export class ScriptedHealer implements HealerPort, AsyncDisposable {
  readonly healed: Healed[] = [];
  readonly healthy: string[] = [];
  /** What heals; by default nothing has to. */
  fix: (healed: Healed, attempt: number) => Promise<FixReport | undefined> = () => Promise.resolve(undefined);
  attempts: number;
  closed = false;

  constructor(attempts = 2) {
    this.attempts = attempts;
  }

  looksHealthy(value: unknown): boolean {
    return !(isRecord(value) && value.isError === true);
  }

  countHealthy(tool: string): void {
    this.healthy.push(tool);
  }

  async heal<T>(tool: string, first: RawOutcome<T>, task: Task<T>, options: Healed['options']): Promise<RunOutcome<T>> {
    const healed: Healed = { tool, first, options };
    this.healed.push(healed);
    const signal = options.signal ?? new AbortController().signal;
    const fixes: FixReport[] = [];
    let last: RawOutcome<T> = first;
    let attempt = 1;
    let ok = false;
    while (!ok && attempt < this.attempts && !signal.aborted) {
      const report = await this.fix(healed, attempt);
      if (report !== undefined) fixes.push(report);
      if (signal.aborted) break;
      attempt += 1;
      try {
        const value = await task({ signal, attempt });
        last = { thrown: false, value };
        ok = this.looksHealthy(value);
      } catch (error) {
        if (!signal.aborted) last = { thrown: true, error };
      }
    }
    const report = {
      runId: 'run-1',
      tool,
      kind: 'unannotated',
      status: ok ? 'healed' : 'failed',
      attempts: attempt,
      diagnosis: { class: 'auth', pattern: 'test.auth' } as Diagnosis,
      lastDiagnosis: null,
      fixes,
      refusal: ok ? null : ({ code: 'FIX_FAILED', reason: 'the script says so' } as const),
      startedAt: 0,
      durationMs: 1_200,
    } as const;
    if (last.thrown) return { ...report, ok: false, thrown: true, error: last.error };
    return ok ? { ...report, ok: true, value: last.value } : { ...report, ok: false, thrown: false, value: last.value };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closed = true;
  }
}

/** The report of a fix that succeeded. */
export const succeeded = (fix: FixReport['fix'] = 'kube_login'): FixReport => ({
  fix,
  status: 'succeeded',
  reason: 'exit code 0',
  durationMs: 5,
});
