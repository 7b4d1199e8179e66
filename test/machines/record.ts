import { type AnyTransitionDefinition, createActor, type InspectionEvent } from 'xstate';
import {
  type ApplyFixInput,
  type AttemptInput,
  type AttemptResult,
  type FixDecision,
  type FixResult,
  fromService,
  type HealingInput,
  type HealingMachine,
  type HealingOutput,
  type PlanFixInput,
  type ServiceName,
} from '../../machines/index.ts';
import { arrow } from './structure.ts';

export interface Services {
  attemptTool(input: AttemptInput): AttemptResult | Promise<AttemptResult>;
  planFix(input: PlanFixInput): FixDecision | Promise<FixDecision>;
  applyFix(input: ApplyFixInput): FixResult | Promise<FixResult>;
  log?(output: HealingOutput): void;
}

/** What an observer of one run sees. */
export interface Recording {
  /** The arrows taken, in order, microstep by microstep. */
  readonly arrows: string[];
  readonly logged: HealingOutput[];
  readonly broken: { service: ServiceName; error: unknown }[];
  /** Settles when the run does. */
  readonly output: Promise<HealingOutput>;
}

/** A run that calls services more often than this does not end by itself. */
const callLimit = 40;

/** Starts one run and records it through inspection, as the documentation's observer would. */
export const record = (machine: HealingMachine, input: HealingInput, services: Services): Recording => {
  const arrows: string[] = [];
  const logged: HealingOutput[] = [];
  const broken: { service: ServiceName; error: unknown }[] = [];
  let calls = 0;
  let giveUp: (reason: Error) => void = () => {};
  const limited =
    <TInput, TOutput>(service: (input: TInput) => TOutput | Promise<TOutput>) =>
    ({ input }: { input: TInput }): TOutput | Promise<TOutput> => {
      calls += 1;
      if (calls <= callLimit) return service(input);
      giveUp(new Error(`more than ${callLimit} calls of services`));
      return new Promise<never>(() => {});
    };
  const provided = machine.provide({
    actors: {
      attemptTool: fromService(limited(services.attemptTool)),
      planFix: fromService(limited(services.planFix)),
      applyFix: fromService(limited(services.applyFix)),
    },
    actions: {
      log: (_, output) => {
        logged.push(output);
        services.log?.(output);
      },
      reportBroken: (_, report) => void broken.push(report),
    },
  });
  const take = ({ source, target }: AnyTransitionDefinition) => {
    if (arrows.length === 0) arrows.push(arrow('[*]', source.key));
    for (const { key } of target ?? []) arrows.push(arrow(source.key, key));
  };
  const inspect = (event: InspectionEvent) => {
    if (event.actorRef.sessionId === event.rootId && event.type === '@xstate.microstep')
      event._transitions.forEach(take);
  };
  const actor = createActor(provided, { input, inspect });
  const output = new Promise<HealingOutput>((resolve, reject) => {
    giveUp = reject;
    actor.subscribe({
      complete: () => {
        const snapshot = actor.getSnapshot();
        if (snapshot.status !== 'done') return reject(new Error(`the run ended ${snapshot.status}`));
        if (arrows.length === 0) arrows.push(arrow('[*]', String(snapshot.value)));
        arrows.push(arrow(String(snapshot.value), '[*]'));
        return resolve(snapshot.output);
      },
      error: reject,
    });
  });
  output.catch(() => {});
  actor.start();
  return { arrows, logged, broken, output };
};
