import type { Pattern } from '../../diagnosis/pattern.ts';
import { ownEntries } from '../fix-entries.ts';
import { whichFix } from '../issue-text.ts';
import type { Problem } from '../problem.ts';
import type { Config } from '../schema.ts';

/** Finds commands that a pattern proposes and that `fixes.own` does not have. */
export const checkProposedFixes = ({ fix }: Pattern, fixes: Config['fixes']): Problem[] => {
  const own = ownEntries(fixes).map(([name]) => name);
  return fix.flatMap((name, index): Problem[] => {
    if (!name.startsWith('own:') || own.some((known) => known === name)) return [];
    const problem = `unknown fix '${name}'`;
    return [{ path: ['fix', index], problem, advice: whichFix(name, own) }];
  });
};
