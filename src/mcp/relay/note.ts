import type { Redact } from '../../model/diagnosis.ts';
import type { RunReport } from '../../model/run.ts';
import { isTelling } from '../meta.ts';

const longestName = 80;

/** One line of text that a terminal shows as it is: nothing in it moves the cursor, ends the line or turns the text round. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

const mendedBy = ({ fixes }: RunReport): string => {
  const done = fixes.filter(({ status }) => status === 'succeeded').map(({ fix }) => fix);
  return done.length === 0 ? 'by a repeated call' : `by ${[...new Set(done)].join(', ')}`;
};

const whyNot = ({ fixes, refusal }: RunReport): string => {
  const last = fixes.at(-1);
  if (last !== undefined && last.status !== 'succeeded' && last.status !== 'not_needed') {
    return `${last.fix} ${last.status}: ${last.reason}`;
  }
  return refusal?.reason ?? 'it failed again';
};

/** Puts a run into one line for people; undefined where there is nothing to tell. */
export const describeRun = (report: RunReport, redact: Redact): string | undefined => {
  if (!isTelling(report)) return undefined;
  const tool = report.tool.length > longestName ? `${report.tool.slice(0, longestName)}…` : report.tool;
  const attempts = report.attempts === 1 ? '1 attempt' : `${report.attempts} attempts`;
  const end =
    report.status === 'healed' || report.status === 'succeeded'
      ? `healed ${mendedBy(report)}`
      : `not healed${report.status === 'unknown' ? ' and may have taken effect' : ''}: ${whyNot(report)}`;
  return plain(redact(`${tool} ${end} (${attempts}, ${seconds(report.durationMs)})`));
};
