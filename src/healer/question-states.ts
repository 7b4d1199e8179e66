import type { Fleet } from '../fleet/index.ts';
import type { Clock } from '../model/clock.ts';
import type { BuiltInFixName, FixName } from '../model/terms.ts';
import type { FixCall } from '../runner/context.ts';
import type { ApprovalSeen, ApprovalWait } from '../sharing/approval-store.ts';
import type { OpenedState, RequestStates, StateCheck, StateContent } from '../sharing/request-states.ts';
import { isRecord } from '../text/is-record.ts';

/** Questions about fixes that the responses to calls ask, and that clients come back with. */
export interface QuestionStates {
  /** @see RequestStates.sign */
  sign(content: StateContent, lifetimeMs: number, isFleetWide: boolean, remainingMs?: number): Promise<string>;
  /** @see RequestStates.open */
  open(state: string, check: StateCheck, remainingMs?: number): Promise<OpenedState>;
  /** Looks at a question to the approvers of the fleet; undefined if there is no fleet. */
  see(id: string, wait: ApprovalWait): Promise<ApprovalSeen | undefined>;
  /** A digest of what a fix would run for a call; undefined if it is not there. */
  digestOfFix(name: FixName, call: FixCall): Promise<string | undefined>;
  /** The time that a call of this tool has, in ms. */
  deadlineOf(tool: string): number;
  /** Reports what a client is not told. */
  warn(message: string): void;
  readonly clock: Clock;
}

export interface QuestionStatesParts {
  readonly stateDir: string;
  readonly clock: Clock;
  readonly loadFleet: () => Promise<Fleet | undefined>;
  readonly digestOfFix: QuestionStates['digestOfFix'];
  readonly deadlineOf: QuestionStates['deadlineOf'];
  readonly warn: (message: string) => void;
}

type Fixes = Readonly<
  Partial<Record<BuiltInFixName, unknown>> & { own?: Readonly<Record<string, readonly unknown[]>> }
>;

/** Whether a fix may ask a person before it runs. @param fixes Those of the configuration, and those written as functions. */
export const hasFixThatAsks = (...fixes: readonly (Fixes | undefined)[]): boolean =>
  fixes
    .flatMap(({ own = {}, ...builtIn } = {}) => [...Object.values(builtIn), ...Object.values(own)].flat())
    .some((entry) => isRecord(entry) && 'mode' in entry && entry.mode === 'ask');

/** Loads and opens nothing until something is asked. */
export const createQuestionStates = ({
  stateDir,
  clock,
  loadFleet,
  digestOfFix,
  deadlineOf,
  warn,
}: QuestionStatesParts): QuestionStates => {
  let states: Promise<RequestStates> | undefined;
  const load = async (): Promise<RequestStates> => {
    const [{ RequestStates }, { MachineStateKeys }, fleet] = await Promise.all([
      import('../sharing/request-states.ts'),
      import('../sharing/machine-state-keys.ts'),
      loadFleet(),
    ]);
    return new RequestStates({ machine: new MachineStateKeys({ stateDir, clock }), fleet: fleet?.stateKeys });
  };
  const loaded = (): Promise<RequestStates> => {
    states ??= load();
    return states;
  };
  return {
    sign: async (...args) => (await loaded()).sign(...args),
    open: async (...args) => (await loaded()).open(...args),
    see: async (id, wait) => (await loadFleet())?.approvals.see(id, wait),
    digestOfFix,
    deadlineOf,
    warn,
    clock,
  };
};

/** Minimum time between two looks at whether something may ask, in ms. */
const lookAgainMs = 1_000;

/** Gives questions as soon as something may ask one: the folder of the lessons comes with the first lesson. */
export const questionsOnceAsked = (
  mayAsk: () => boolean,
  clock: Clock,
  make: () => QuestionStates,
): (() => QuestionStates | undefined) => {
  let made: QuestionStates | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (made !== undefined) return made;
    const now = clock.monotonic();
    if (now - lookedAt < lookAgainMs) return undefined;
    lookedAt = now;
    if (mayAsk()) made = make();
    return made;
  };
};
