import { repairEntries } from '../fix-entries.ts';
import type { Problem } from '../problem.ts';
import type { Config } from '../schema.ts';

/** Finds fixes that could never end in time: they settle for longer than they may take. */
export const checkSettling = ({ fixes }: Config): Problem[] =>
  repairEntries(fixes).flatMap(({ entry: { settleMs, timeoutMs }, path }): Problem[] => {
    if (settleMs < timeoutMs) return [];
    const problem = `\`settleMs\` must be less than the \`timeoutMs\` of the fix, ${timeoutMs}`;
    return [{ path: [...path, 'settleMs'], problem, advice: 'raise `timeoutMs`' }];
  });
