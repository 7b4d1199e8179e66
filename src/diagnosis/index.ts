import { systemClock } from '../clock.ts';
import type { Redact } from '../model/diagnosis.ts';
import { type Diagnoser, makeDiagnoser } from './diagnoser.ts';
import type { Pattern } from './pattern.ts';
import { shippedPatterns } from './shipped.ts';
import { ownPatterns } from './user-patterns.ts';

export { checkPatterns } from './check.ts';
export type { Diagnoser } from './diagnoser.ts';
export { outputOf } from './output.ts';
export { type Pattern, patternSchema } from './pattern.ts';
export { causeOf } from './shipped.ts';

/** Makes a diagnoser of the shipped patterns and the user's own. Throws if a user's expression is not valid. */
export const createDiagnoser = (options: {
  readonly redact: Redact;
  readonly patterns?: readonly Pattern[] | undefined;
  readonly now?: (() => number) | undefined;
}): Diagnoser =>
  makeDiagnoser({
    redact: options.redact,
    own: options.patterns?.length ? ownPatterns(options.patterns) : undefined,
    shipped: shippedPatterns,
    now: options.now ?? systemClock.now,
  });
