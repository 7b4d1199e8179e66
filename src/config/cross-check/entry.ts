import type { FixName } from '../../model/terms.ts';
import type { Problem } from '../problem.ts';
import type { Config } from '../schema.ts';

/** One entry of a fix in the configuration. */
export type Entry<Name extends 'kube_login' | 'token_refresh' | 'cache_clear'> = NonNullable<
  Config['fixes'][Name]
>[number];

/** Runs a check on each entry of a fix, and puts the path of the entry before the paths of its problems. */
export const checkEach = <T>(
  name: FixName,
  entries: readonly T[] | undefined,
  check: (entry: T) => readonly Problem[],
): Problem[] =>
  (entries ?? []).flatMap((entry, index) =>
    check(entry).map((problem) => ({ ...problem, path: ['fixes', name, index, ...problem.path] })),
  );
