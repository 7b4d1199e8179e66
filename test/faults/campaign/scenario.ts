import type { ToolAnnotations } from 'healflow';
import { seeded } from '../../support/seeded.ts';
import { type Cause, causes, cutOff, plain } from './failures.ts';
import { type Operation, operations } from './operations.ts';
import { type Place, places, type Report, type Told, wordings } from './wordings.ts';

/** The kinds of tools. */
export const kinds = ['read-only', 'idempotent', 'additive', 'destructive', 'unannotated'] as const;
export type Kind = (typeof kinds)[number];

export const annotations: Readonly<Record<Kind, ToolAnnotations | undefined>> = {
  'read-only': { readOnlyHint: true },
  idempotent: { idempotentHint: true },
  additive: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
  destructive: { destructiveHint: true },
  unannotated: undefined,
};

/** Whether a second effect of such a tool does harm. */
export const isHarmless = (kind: Kind): boolean => kind === 'read-only' || kind === 'idempotent';

/** How the tool reports a failure: it throws, it returns a result with or without `isError`, or a JSON-RPC error. */
export const channels = ['thrown', 'isError', 'text', 'rpc'] as const;
export type Channel = (typeof channels)[number];

/**
 * What a report says. `whole`: nothing took effect, and the report is a plain failure that comes before any effect ·
 * `told`: something took effect, and some word of the report is of that or of the step that failed · `cut off`: the
 * failure is one after which nobody knows · `bare`: something took effect, but the report is that of `whole` · `proof`:
 * healflow itself sees that the call was turned away or never sent.
 */
export type Story = 'whole' | 'told' | 'cut off' | 'bare' | 'proof';

/** What ends the failure. */
export type Until = 'login' | 'link' | 'time';

/** One call of a tool of one to four steps, one of which fails in the first attempt. */
export interface Scenario {
  readonly call: string;
  readonly kind: Kind;
  readonly steps: readonly Operation[];
  /** The index of the step that fails. */
  readonly failing: number;
  /** `in`: the effect takes place, but its response is lost · `after`: the effect was completed. */
  readonly moment: 'before' | 'in' | 'after';
  readonly channel: Channel;
  readonly story: Story;
  readonly cause: Cause;
  /** Where the words of a `told` report are. */
  readonly place: Place | null;
  readonly until: Until;
  readonly report: Report;
}

/** A source of random choices. */
export class Chance {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seeded(seed);
  }

  below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  of<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  /** Different ones. */
  several<T>(count: number, from: readonly T[]): T[] {
    const left = [...from];
    return Array.from({ length: count }, () => left.splice(this.below(left.length), 1)[0] as T);
  }
}

export interface Drawn {
  readonly count: number;
  readonly seed: number;
  readonly channels: readonly Channel[];
  /** The stories, each as often as it should be drawn. */
  readonly stories: readonly Story[];
  /** What healflow itself may see, for the story `proof`. */
  readonly proofs?: readonly Cause[];
  /** Begins the names of the calls. */
  readonly prefix: string;
}

/** The step that fails, and when: what took effect by then has to suit the story. */
const faultOf = (chance: Chance, story: Story, length: number): Pick<Scenario, 'failing' | 'moment'> => {
  if (story === 'whole' || story === 'proof') return { failing: 0, moment: 'before' };
  const failing = chance.below(length);
  const mustHaveEffect = story === 'told' || story === 'bare';
  return { failing, moment: chance.of(mustHaveEffect && failing === 0 ? ['in', 'after'] : ['before', 'in', 'after']) };
};

const reportOf = (
  chance: Chance,
  scenario: Omit<Scenario, 'report' | 'place' | 'until'>,
): Pick<Scenario, 'report' | 'place'> => {
  const { story, cause, steps, failing: at, moment, channel } = scenario;
  const failure = chance.of(cause === 'cut off' ? cutOff : plain[cause === 'server died' ? 'refused' : cause]);
  if (story !== 'told') {
    // A tool that does not mark its errors says that they are some.
    const isBareText = channel === 'text' && !/^error\b/i.test(failure.text);
    return { report: isBareText ? { ...failure, text: `Error: ${failure.text}` } : failure, place: null };
  }
  const failing = steps[at] as Operation;
  const hasOnlyOwnEffect = at === 0;
  // A tool that names only its own step, which it is called after, says no more than a plain failure.
  const place = chance.of(hasOnlyOwnEffect ? places.filter((each) => each !== 'the step that failed') : places);
  const done =
    hasOnlyOwnEffect || (moment === 'after' && chance.below(2) === 0) ? failing : (steps[at - 1] as Operation);
  const told: Told = { done, failing, steps: steps.length, at: at + 1, failure, id: 1_000 + chance.below(9_000) };
  return { report: chance.of(wordings[place])(told), place };
};

const untilOf = (chance: Chance, cause: Cause): Until => {
  if (cause === 'not authenticated') return 'login';
  return cause === 'refused' || cause === 'unknown host' ? chance.of(['link', 'time']) : 'time';
};

/** Draws scenarios; equal seeds give equal scenarios. */
export const drawScenarios = ({ count, seed, channels, stories, proofs = [], prefix }: Drawn): Scenario[] => {
  const chance = new Chance(seed);
  return Array.from({ length: count }, (_, index) => {
    const steps = chance.several(1 + chance.below(4), operations);
    const story = chance.of(stories);
    const cause = story === 'cut off' ? story : chance.of(story === 'proof' ? proofs : causes);
    const scenario = {
      ...{ call: `${prefix}${index}`, kind: chance.of(kinds), steps, story, cause, channel: chance.of(channels) },
      ...faultOf(chance, story, steps.length),
    };
    return { ...scenario, ...reportOf(chance, scenario), until: untilOf(chance, cause) };
  });
};
