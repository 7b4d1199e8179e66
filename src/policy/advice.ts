import type { RunReport } from '../model/run.ts';
import { isDelayFix } from './delay-fixes.ts';

/** What the caller can do about a call that may have taken effect; null if it certainly did or did not. Pure. */
export const adviceFor = ({ status, fixes }: Pick<RunReport, 'status' | 'fixes'>): string | null => {
  if (status !== 'unknown') return null;
  const repairs = fixes.filter((report) => report.status === 'succeeded' && !isDelayFix(report.fix));
  const names = [...new Set(repairs.map(({ fix }) => fix))].join(' and ');
  const check = 'check whether the call took effect';
  return names === ''
    ? `${check} before you call again`
    : `${names} succeeded, so the next call can work: ${check}, and call again if it did not`;
};
