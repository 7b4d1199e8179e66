import type { LessonContent } from './lesson-schema.ts';
import type { Outcome } from './model.ts';
import { autoAt } from './odds.ts';

/** What the runs of a fix are judged against. */
export interface DemotionRates {
  /** How often the fix works. */
  readonly works: number;
  /** How often the failure ends by itself in the time of the fix. */
  readonly natural: number;
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/**
 * Notices that a fix has stopped working: the odds of the runs since it last worked well, downwards (CUSUM).
 *
 * The number that allows a fix to run by itself, 100:1, takes that away.
 */
export class Demotion {
  readonly #failure: number;
  readonly #success: number;
  #log = 0;

  constructor({ works, natural }: DemotionRates) {
    // Two failures in a row are no proof, however well a fix has worked.
    const p = clamp(works, 0.5, 0.9);
    // A natural rate near that of the fix would hide that the fix has stopped.
    const q = clamp(natural, 0.05, p / 3);
    this.#failure = Math.log((1 - q) / (1 - p));
    this.#success = Math.log(q / p);
  }

  /** How many times more likely the last runs are if the fix has stopped working; at least 1. */
  get odds(): number {
    return Math.exp(this.#log);
  }

  /** Takes a run of the fix, in order. Returns whether the fix is to be demoted now. */
  add({ succeeded }: Pick<Outcome, 'succeeded'>): boolean {
    this.#log = Math.max(0, this.#log + (succeeded ? this.#success : this.#failure));
    return this.#log >= Math.log(autoAt);
  }
}

const shareOf = (counted: string | undefined): number | undefined => {
  const [succeeded = 0, of = 0] = (counted ?? '').split(' of ').map(Number);
  return of > 0 ? succeeded / of : undefined;
};

/** The watch over the fix of a lesson, by the evidence in its file. */
export const demotionOf = ({ repairs, natural }: LessonContent['evidence']): Demotion =>
  new Demotion({ works: shareOf(repairs) ?? 0.9, natural: shareOf(natural) ?? 0.1 });
