import type { Outcome } from '../../../src/learning/model.ts';

/** A kind of failure at a site, and what people run against it. */
export interface Kind {
  /** How often what they run ends the failure; 0 if it is useless. */
  readonly works: number;
  /** The time in which half of the failures end by themselves, in ms. */
  readonly halfLifeMs: number;
  /** A share of them that ends far sooner, with a half-life of this time. @default none */
  readonly brief?: { readonly share: number; readonly halfLifeMs: number };
}

const minute = 60_000;

/** Four failures with a true fix, and four that end by themselves while people run something useless. */
export const kinds: readonly Kind[] = [
  { works: 0.97, halfLifeMs: 60 * minute },
  { works: 0.9, halfLifeMs: 60 * minute },
  { works: 0.7, halfLifeMs: 60 * minute },
  { works: 0.5, halfLifeMs: 60 * minute },
  { works: 0, halfLifeMs: 20_000 },
  { works: 0, halfLifeMs: 45_000 },
  { works: 0, halfLifeMs: 2 * minute },
  { works: 0, halfLifeMs: 4 * minute },
];

export interface Effects {
  /** What a person runs takes effect up to this much later, in ms. */
  readonly lateMs: number;
  /** How long the call is made again after what they ran, in ms; 0 for once, at once. */
  readonly checkedForMs: number;
}

/** What is known after each repair of one kind of failure. */
export interface Repair {
  readonly trials: readonly Outcome[];
  readonly gaps: readonly Outcome[];
  readonly now: number;
}

/**
 * One kind of failure at one site: agents call again and again, and in some episodes a person runs something, with the failing
 * call checked right before and after. Yields what is known after each repair.
 */
export function* episodes(kind: Kind, count: number, effects: Effects, random: () => number): Generator<Repair> {
  const trials: Outcome[] = [];
  const gaps: Outcome[] = [];
  const exponential = (mean: number): number => -Math.log(1 - random()) * mean;
  const callsEveryMs = 5_000 * 40 ** random();
  const share = 0.2 + 0.4 * random();
  let now = 1_760_000_000_000;
  for (let episode = 0; episode < count; episode += 1) {
    now += exponential(120 * minute);
    const { brief } = kind;
    const isBrief = brief !== undefined && random() < brief.share;
    const endsMs = exponential((isBrief ? brief.halfLifeMs : kind.halfLifeMs) / Math.LN2);
    const isRepaired = random() < share;
    const repairMs = isRepaired ? 5_000 + exponential(minute) : Number.POSITIVE_INFINITY;
    // In the end, someone else gives up or changes something that no one sees.
    const lastMs = Math.min(repairMs, 30 * minute);
    let failingMs = 0;
    let endedMs: number | undefined;
    for (let at = exponential(callsEveryMs); at < lastMs && endedMs === undefined; at += exponential(callsEveryMs)) {
      if (at >= endsMs) endedMs = at;
      else failingMs = at;
    }
    // One gap per failure, however often it was seen.
    if (endedMs !== undefined) gaps.push({ succeeded: true, windowMs: endedMs, failingMs, at: now + endedMs });
    else if (failingMs > 0) gaps.push({ succeeded: false, windowMs: failingMs, at: now + failingMs });
    if (isRepaired && endsMs > repairMs) {
      const commandMs = 2_000 + exponential(6_000);
      const windowMs = commandMs + effects.checkedForMs;
      const effectMs = random() < kind.works ? random() * effects.lateMs : Number.POSITIVE_INFINITY;
      const succeeded = endsMs <= repairMs + windowMs || effectMs <= effects.checkedForMs;
      trials.push({ succeeded, windowMs, at: now + repairMs + windowMs });
      yield { trials, gaps, now: now + repairMs + windowMs };
    }
  }
}
