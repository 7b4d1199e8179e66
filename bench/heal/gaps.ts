import type { Judged } from './cell.ts';

/** What is known not to be as it should, and is said so in the result instead of failing the suite. */
const gaps: readonly { readonly says: string; readonly covers: (judged: Judged) => boolean }[] = [
  {
    says: 'The proxy waits for ever for a server that hangs: `attemptTimeoutMs` does not reach the first attempt there.',
    covers: ({ cell, observed }) =>
      cell.channel === 'transport' &&
      observed.end === 'no answer' &&
      observed.effects <= 1 &&
      cell.faults.some(({ end }) => end === 'hang' || end === 'wrongJson'),
  },
];

/** The gap that accounts for a problem; null where it is a problem in earnest. */
export const gapOf = (judged: Judged): string | null =>
  judged.problems.length === 0 ? null : (gaps.find(({ covers }) => covers(judged))?.says ?? null);
