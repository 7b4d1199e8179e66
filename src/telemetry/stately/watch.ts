import type { InspectionEvent } from 'xstate';
import type { Redact } from '../../model/diagnosis.ts';
import { projectEvent, projectSnapshot } from './project.ts';

/** What of an actor is told: no more than a reference to it would tell, and nothing that lives. */
interface ShownActor {
  readonly id: string;
  readonly sessionId: string;
  readonly _parent: { readonly sessionId: string } | undefined;
  readonly logic: unknown;
  getSnapshot(): unknown;
}

interface AnyActor {
  readonly id: string;
  readonly _parent?: AnyActor;
  readonly logic?: { readonly config?: unknown };
}

/**
 * Turns what XState tells of runs into what may be told of them: every step of the chart, the transient states too, as a
 * snapshot; names that stay the same and can be read; and nothing that the tool gave.
 *
 * @param tell Told of each step, as XState's `inspect` would be.
 */
export const watchRuns = (
  redact: Redact,
  tell: (event: InspectionEvent) => void,
): ((event: InspectionEvent) => void) => {
  // A run's actor is named `healing:TOOL:RUN`; a session of the same name would be shown by the name of the chart.
  const sessionOf = (actor: AnyActor): string =>
    actor._parent === undefined
      ? redact(actor.id.slice(actor.id.lastIndexOf(':') + 1))
      : `${sessionOf(actor._parent)}/${actor.id}`;
  const shown = (actor: AnyActor, snapshot: unknown): ShownActor => ({
    id: actor._parent === undefined ? redact(actor.id) : actor.id,
    sessionId: sessionOf(actor),
    _parent: actor._parent === undefined ? undefined : { sessionId: sessionOf(actor._parent) },
    // Only the chart has a definition; it is the same for all runs, and holds no values.
    logic: actor._parent === undefined ? { config: actor.logic?.config } : {},
    getSnapshot: () => snapshot,
  });
  const rootOf = (actor: AnyActor): string => (actor._parent === undefined ? sessionOf(actor) : rootOf(actor._parent));
  const emit = (event: object): void => tell(event as InspectionEvent);
  return (event) => {
    const actor = event.actorRef as unknown as AnyActor;
    const rootId = rootOf(actor);
    switch (event.type) {
      case '@xstate.actor':
        // It initializes itself, and cannot be asked yet; its first snapshot follows.
        return emit({ type: event.type, rootId, actorRef: shown(actor, { status: 'active' }) });
      case '@xstate.event': {
        const source = event.sourceRef as unknown as AnyActor | undefined;
        return emit({
          type: event.type,
          rootId,
          actorRef: shown(actor, undefined),
          sourceRef: source && { sessionId: sessionOf(source) },
          event: projectEvent(event.event, redact),
        });
      }
      case '@xstate.microstep':
      case '@xstate.snapshot': {
        // The snapshot after the last of several steps tells nothing that the last step has not told.
        const isStep = event.type === '@xstate.microstep';
        const isRun = actor._parent === undefined;
        if (isRun && !isStep && event.event.type !== 'xstate.init') return;
        const snapshot = projectSnapshot(event.snapshot, redact);
        return emit({
          type: '@xstate.snapshot',
          rootId,
          actorRef: shown(actor, snapshot),
          event: projectEvent(event.event, redact),
          snapshot,
        });
      }
      default:
    }
  };
};
