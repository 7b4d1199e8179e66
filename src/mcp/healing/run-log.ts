import type { Writable } from 'node:stream';
import type { Redact } from '../../model/diagnosis.ts';
import type { RunReport } from '../../model/run.ts';
import { secondsText } from '../../text/duration.ts';
import { sanitizeLine } from '../../text/sanitize.ts';
import { hasFacts } from './result-meta.ts';

const maxNameLength = 80;

/** Creates the function that writes a line to stderr. The text may contain words of the server. */
export const createLog =
  ({ stderr, redact }: { readonly stderr: Writable; readonly redact: Redact }) =>
  (text: string): void =>
    void stderr.write(`healflow: ${sanitizeLine(redact(text))}\n`);

const healedBy = ({ fixes }: RunReport): string => {
  const done = fixes.filter(({ status }) => status === 'succeeded').map(({ fix }) => fix);
  return done.length === 0 ? 'by a repeated call' : `by ${[...new Set(done)].join(', ')}`;
};

const failureReason = ({ fixes, refusal }: RunReport): string => {
  const last = fixes.at(-1);
  if (last !== undefined && last.status !== 'succeeded' && last.status !== 'not_needed') {
    return `${last.fix} ${last.status}: ${last.reason}`;
  }
  return refusal?.reason ?? 'it failed again';
};

const shortName = ({ tool }: RunReport): string =>
  tool.length > maxNameLength ? `${tool.slice(0, maxNameLength)}…` : tool;

/** Refusals that are not worth a line: nobody could have healed the failure, or wanted to. */
const unreportedCodes: ReadonlySet<string> = new Set(['NO_FIX_KNOWN', 'REPEAT_USELESS', 'CANCELLED']);
const maxReported = 1_000;

/** Reports once for each tool and refusal code that failures are returned unhealed. */
export class RefusalLog {
  readonly #reported = new Set<string>();

  /** Undefined if there is nothing new to report. */
  describe(report: RunReport, redact: Redact): string | undefined {
    const { refusal, tool } = report;
    if (refusal === null || unreportedCodes.has(refusal.code) || hasFacts(report)) return undefined;
    const key = `${refusal.code} ${tool}`;
    if (this.#reported.has(key) || this.#reported.size >= maxReported) return undefined;
    this.#reported.add(key);
    return sanitizeLine(redact(`${shortName(report)} not healed: ${refusal.reason}`));
  }
}

/** Describes a run in one line for people; undefined if it has no reportable facts. */
export const describeRun = (report: RunReport, redact: Redact): string | undefined => {
  if (!hasFacts(report)) return undefined;
  const tool = shortName(report);
  const attempts = report.attempts === 1 ? '1 attempt' : `${report.attempts} attempts`;
  const end =
    report.status === 'healed' || report.status === 'succeeded'
      ? `healed ${healedBy(report)}`
      : `not healed${report.status === 'unknown' ? ' and may have taken effect' : ''}: ${failureReason(report)}`;
  return sanitizeLine(redact(`${tool} ${end} (${attempts}, ${secondsText(report.durationMs)})`));
};

/** Whether a person may know a repair where healflow has none: not for mistakes of the caller. */
const lacksFix = ({ status, refusal, lastDiagnosis }: RunReport): boolean =>
  (status === 'failed' || status === 'unknown') &&
  (refusal?.code === 'NO_FIX_KNOWN' || refusal?.code === 'FIX_NOT_CONFIGURED') &&
  lastDiagnosis !== null &&
  lastDiagnosis.class !== 'usage';

/** Says, once, what a person can do about a failure without a fix. */
export class RepairHint {
  #isGiven = false;

  describe(report: RunReport, redact: Redact): string | undefined {
    if (this.#isGiven || !lacksFix(report)) return undefined;
    this.#isGiven = true;
    return sanitizeLine(redact(`if you know what repairs ${shortName(report)}, run it as: healflow repair -- COMMAND`));
  }
}

/** One for all sessions of this process. */
const hintOfProcess = new RepairHint();

/** Creates the function that logs a run, or else its refusal, in at most one line, and a hint for a person once in a process. */
export const createRunLog = (
  redact: Redact,
  log: (text: string) => void,
  hint: RepairHint = hintOfProcess,
): ((report: RunReport) => void) => {
  const refusals = new RefusalLog();
  return (report) => {
    for (const line of [
      describeRun(report, redact) ?? refusals.describe(report, redact),
      hint.describe(report, redact),
    ]) {
      if (line !== undefined) log(line);
    }
  };
};
