// The lines that changed, in the new file's numbers. On a branch: since it left main. On main itself, as in a fresh clone:
// in the last commits.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const commitsOfMain = 10;

const git = (...args) => {
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  return status === 0 ? stdout.trim() : undefined;
};

/** The commit to compare with, and why; undefined if there is none, as in a clone of one commit. */
export const findBase = () => {
  const head = git('rev-parse', 'HEAD');
  const branched = git('merge-base', 'origin/main', 'HEAD') ?? git('merge-base', 'main', 'HEAD');
  if (branched !== undefined && branched !== head) return { commit: branched, because: 'where the branch left main' };
  // A shallow clone may have fewer.
  const commits = git('rev-list', '--first-parent', `--max-count=${commitsOfMain + 1}`, 'HEAD')?.split('\n') ?? [];
  if (commits.length < 2) return undefined;
  return { commit: commits.at(-1), because: `the last ${commits.length - 1} commits of main` };
};

/** Changed ranges of lines by file: `[first, last]`. A file that moved counts only where it was also edited. */
export const changedLines = (base) => {
  const ranges = new Map();
  let file;
  for (const line of (git('diff', '--unified=0', '--find-renames', '--no-color', base) ?? '').split('\n')) {
    const to = /^\+\+\+ (?:b\/(.*)|\/dev\/null)$/.exec(line);
    if (to) file = to[1];
    const hunk = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (!hunk || file === undefined) continue;
    const [first, count] = [Number(hunk[1]), Number(hunk[2] ?? 1)];
    if (count > 0) ranges.set(file, [...(ranges.get(file) ?? []), [first, first + count - 1]]);
  }
  for (const added of (git('ls-files', '--others', '--exclude-standard') ?? '').split('\n')) {
    if (added.endsWith('.ts')) ranges.set(added, [[1, readFileSync(added, 'utf8').split('\n').length]]);
  }
  return ranges;
};
