import type { FirstAttempt } from '../../../src/healer/healer.ts';
import type { HealerPort } from '../../../src/mcp/healing/healer-port.ts';
import type { Diagnosis } from '../../../src/model/diagnosis.ts';
import type { FixReport } from '../../../src/model/fix.ts';
import type { RawOutcome, RunOptions, RunOutcome, ToolAnnotations, TransportAttempt } from '../../../src/model/run.ts';
import { isRecord } from '../../../src/text/is-record.ts';

type Options = RunOptions & FirstAttempt;

export interface Healed {
  readonly tool: string;
  readonly first: RawOutcome<unknown>;
  /** With the annotations that were asked for last. */
  readonly options: Options & { annotations?: ToolAnnotations | undefined };
}

/** A healer that repeats a failed call up to a number of attempts, with a fix before every retry. */
export class ScriptedHealer implements HealerPort, AsyncDisposable {
  readonly healed: Healed[] = [];
  readonly healthy: string[] = [];
  /** What heals; by default nothing has to. */
  fix: (healed: Healed, attempt: number) => Promise<FixReport | undefined> = () => Promise.resolve(undefined);
  attempts: number;
  /** Whether a call is repeated; by default always. */
  mayRetry: (healed: Healed) => boolean = () => true;
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

  async heal<T>(
    tool: string,
    first: RawOutcome<T>,
    task: (attempt: TransportAttempt) => T | PromiseLike<T>,
    options: Options,
  ): Promise<RunOutcome<T>> {
    const known = read(options.annotations);
    const annotations = known instanceof Promise ? await known : known;
    const healed: Healed = { tool, first, options: { ...options, annotations } };
    this.healed.push(healed);
    const signal = options.signal ?? new AbortController().signal;
    const fixes: FixReport[] = [];
    let last: RawOutcome<T> = first;
    let attempt = options.calls ?? 1;
    let ok = false;
    while (!ok && attempt < this.attempts && !signal.aborted) {
      const report = await this.fix(healed, attempt);
      if (report !== undefined) fixes.push(report);
      if (signal.aborted) break;
      healed.options.annotations = await read(options.annotations);
      if (!this.mayRetry(healed)) break;
      attempt += 1;
      try {
        const value = await task({
          signal,
          attempt,
          takeCall: () => {
            if (attempt >= this.attempts) return false;
            attempt += 1;
            return true;
          },
        });
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
      advice: null,
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

const read = (
  annotations: RunOptions['annotations'],
): ToolAnnotations | undefined | Promise<ToolAnnotations | undefined> => {
  if (typeof annotations !== 'function') return annotations;
  const known = annotations();
  return known !== undefined && 'then' in known ? Promise.resolve(known) : known;
};
