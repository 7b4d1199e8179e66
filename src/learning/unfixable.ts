import type { Pattern } from '../diagnosis/index.ts';
import { readShippedPatterns } from '../diagnosis/shipped.ts';

/** What the log says about the kind of a failure. */
interface LoggedKind {
  readonly class?: string | null | undefined;
  readonly pattern?: string | null | undefined;
}

/**
 * Makes the test whether no fix can repair a failure: wrong arguments and the like, and permissions that no login gives.
 *
 * @param userPatterns The user's own patterns.
 */
export const createUnfixableTest = (userPatterns: readonly Pattern[] = []): ((failure: LoggedKind) => boolean) => {
  const unfixable = [...userPatterns, ...readShippedPatterns()].filter(
    ({ class: name, subclass }) => name === 'usage' || subclass === 'forbidden',
  );
  const ids = new Set(['http.403', ...unfixable.map(({ id }) => id)]);
  return ({ class: name, pattern }) => name === 'usage' || ids.has(pattern ?? '');
};
