import type { Redact } from '../../model/diagnosis.ts';
import type { RunReport } from '../../model/run.ts';
import { hasFacts } from './result-meta.ts';

const longestName = 80;

/** One line of text that a terminal shows as it is: nothing in it moves the cursor, ends the line or turns the text round. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

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
  tool.length > longestName ? `${tool.slice(0, longestName)}…` : tool;

/** What nobody could have healed, or wanted to, goes without saying. */
const unreportedCodes: ReadonlySet<string> = new Set(['NO_FIX_KNOWN', 'REPEAT_USELESS', 'CANCELLED']);
const mostSaid = 1_000;

/** Tells once of each tool and reason why its failures are handed back untouched; undefined if that was said. */
export class RefusalLog {
  readonly #said = new Set<string>();

  describe(report: RunReport, redact: Redact): string | undefined {
    const { refusal, tool } = report;
    if (refusal === null || unreportedCodes.has(refusal.code) || hasFacts(report)) return undefined;
    const key = `${refusal.code} ${tool}`;
    if (this.#said.has(key) || this.#said.size >= mostSaid) return undefined;
    this.#said.add(key);
    return plain(redact(`${shortName(report)} not healed: ${refusal.reason}`));
  }
}

/** Puts a run into one line for people; undefined if there is nothing to tell. */
export const describeRun = (report: RunReport, redact: Redact): string | undefined => {
  if (!hasFacts(report)) return undefined;
  const tool = shortName(report);
  const attempts = report.attempts === 1 ? '1 attempt' : `${report.attempts} attempts`;
  const end =
    report.status === 'healed' || report.status === 'succeeded'
      ? `healed ${healedBy(report)}`
      : `not healed${report.status === 'unknown' ? ' and may have taken effect' : ''}: ${failureReason(report)}`;
  return plain(redact(`${tool} ${end} (${attempts}, ${seconds(report.durationMs)})`));
};
