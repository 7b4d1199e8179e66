import { globTest } from '../../policy/glob.ts';
import { repairEntries } from '../fix-entries.ts';
import type { Problem } from '../problem.ts';
import type { Config } from '../schema.ts';

/** Finds rules for tools that have no name. */
export const checkToolNames = ({ tools }: Config): Problem[] =>
  Object.keys(tools)
    .filter((glob) => glob.trim() === '')
    .map((glob) => ({
      path: ['tools', glob],
      at: 'key',
      problem: 'the name of the tool is empty',
      advice: 'write a name, or "*" for all tools',
    }));

/** Finds rules for tools that an earlier rule hides. */
export const warnHiddenTools = ({ tools }: Config): Problem[] => {
  const globs = Object.keys(tools);
  return globs.flatMap((glob, index): Problem[] => {
    const earlier = globs.slice(0, index).filter((other) => /[*?]/.test(other));
    // A glob that matches the text of a later one matches all that the later one does.
    const hiding = earlier.find((other) => globTest(other)(glob));
    if (hiding === undefined) return [];
    const problem = `never reached: '${hiding}' above matches first`;
    return [{ path: ['tools', glob], at: 'key', problem, advice: `move it above '${hiding}'` }];
  });
};

/** Finds entries of fixes after one that is for all tools. */
export const warnHiddenEntries = ({ fixes }: Config): Problem[] =>
  repairEntries(fixes).flatMap(({ name, path }, at, all): Problem[] => {
    const before = all[at - 1];
    if (before?.name !== name || !before.entry.tools.includes('*')) return [];
    const problem = `never reached: entry ${path.at(-1)} of ${name} is for all tools`;
    return [{ path, problem, advice: 'put the entry for all tools last' }];
  });
