import type { HealingContext } from '../../machines/healing.ts';
import type { AttemptResult, FixDecision, FixResult } from '../../machines/services.ts';
import type { Redact } from '../model/diagnosis.ts';
import type { Fix } from '../model/fix.ts';
import type { Refusal, RunReport } from '../model/run.ts';
import { durationText } from '../text/duration.ts';
import { oneLine } from '../text/one-line.ts';
import { plainText } from '../text/sanitize.ts';
import type { Inspect, RunObserver } from './observer.ts';

const because = ({ code, reason }: Refusal): string => `because ${reason} (${code})`;

const describeAttempt = ({ settled, diagnosis, wait, refusal }: AttemptResult, attempt: number): string[] => {
  const waited = wait === undefined ? [] : [`fix ${wait.fix} ${wait.status.replace('_', ' ')}: ${wait.reason}`];
  if (settled.ok) return [...waited, `attempt ${attempt} succeeded`];
  if (diagnosis === null) return [...waited, `attempt ${attempt} failed, and was not diagnosed`];
  const { class: failureClass, pattern, summary, unreadableRetryAfter: value } = diagnosis;
  const unreadable = value === undefined ? [] : [`its Retry-After is unreadable: ${JSON.stringify(value)}`];
  const ended = refusal === undefined ? [] : [`no other attempt ${because(refusal)}`];
  const failed = `attempt ${attempt} failed, recognised as ${failureClass} by ${pattern}: ${summary}`;
  return [...waited, failed, ...unreadable, ...ended];
};

const describeDecision = ({ plan }: FixDecision): string[] =>
  plan.action === 'fix'
    ? [`fix chosen${byProbe(plan.fix)}: ${plan.fix.name}, ${plan.fix.description}`]
    : [`fix refused ${because(plan.refusal)}`];

const byProbe = ({ chosenBy }: Fix): string => (chosenBy === undefined ? '' : ` by its probe (${chosenBy.reason})`);

const describeFix = ({ report, mayRepeat }: FixResult): string[] => {
  const retry = mayRepeat.allowed ? `retry allowed because ${mayRepeat.reason}` : `no retry ${because(mayRepeat)}`;
  if (report === null) return [`fix not run`, retry];
  const { fix, status, reason, durationMs, code } = report;
  const ending = `fix ${fix} ${status.replace('_', ' ')} after ${durationText(durationMs)}: ${reason}`;
  return [code === undefined ? ending : `${ending} (${code})`, retry];
};

const describeEnd = ({ status, attempts, durationMs, refusal }: RunReport): string => {
  const count = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  const ending = `outcome: ${status} after ${count} in ${durationText(durationMs)}`;
  return refusal === null ? ending : `${ending}, ${because(refusal)}`;
};

/** Describes what was decided in the state that a run has left. */
const describeStep = (left: string, output: object, { attempt }: HealingContext): string[] => {
  switch (left) {
    case 'Executing':
    case 'Retrying':
      return describeAttempt(output as AttemptResult, attempt);
    case 'Analyzing':
      return describeDecision(output as FixDecision);
    case 'ApplyingFix':
      return describeFix(output as FixResult);
    default:
      return [];
  }
};

/**
 * Writes one line for each decision of a run: how a failure was recognised, which fix was chosen or why none was, whether
 * the call was retried and why, and the outcome. Every line is masked.
 */
export class DecisionLog implements RunObserver {
  /** Follows the runs from state to state. */
  readonly inspect: Inspect;
  readonly #write: (line: string) => void;
  /** The tool and the state of each open run. */
  readonly #open = new Map<string, { readonly tool: string; state: string }>();
  #redact: Redact = () => '';

  constructor(write: (line: string) => void) {
    this.#write = write;
    this.inspect = (event) => {
      if (event.type === '@xstate.microstep') this.#step(event.snapshot, event.event);
    };
  }

  attach({ redact }: Parameters<RunObserver['attach']>[0]): void {
    this.#redact = redact;
  }

  started({ runId, tool }: Parameters<RunObserver['started']>[0]): void {
    this.#open.set(runId, { tool, state: 'Executing' });
  }

  finished(report: RunReport): void {
    this.#open.delete(report.runId);
    this.#log(report.runId, report.tool, describeEnd(report));
  }

  #step(snapshot: unknown, event: unknown): void {
    const { value, context } = snapshot as { value?: unknown; context?: HealingContext };
    const run = context && this.#open.get(context.runId);
    if (run === undefined || context === undefined) return;
    if (typeof value !== 'string' || value === run.state) return;
    const left = run.state;
    run.state = value;
    const { output } = event as { output?: unknown };
    if (typeof output !== 'object' || output === null) return;
    for (const text of describeStep(left, output, context)) this.#log(context.runId, run.tool, text);
  }

  #log(runId: string, tool: string, text: string): void {
    // Masked before it is cut: half a secret is not recognised.
    this.#write(oneLine(this.#redact(plainText(`healflow debug: ${tool} ${runId}: ${text}`))));
  }
}
