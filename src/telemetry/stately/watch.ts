import type { InspectionEvent } from 'xstate';
import type { Redact } from '../../model/diagnosis.ts';
import { projectEvent, projectSnapshot } from './project.ts';

/** A plain reference to an actor. */
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
 * Converts XState's inspection events of runs to events that may be shown: each step of the chart, including transient
 * states, is a snapshot; names are stable and readable; the tool's output is removed.
 *
 * @param emit Receives each event, like XState's `inspect`.
 */
export const watchRuns = (
  redact: Redact,
  emit: (event: InspectionEvent) => void,
): ((event: InspectionEvent) => void) => {
  // A run's actor is named `healing:TOOL:RUN`; if the session had the same name, the viewer would show the name of the
  // chart.
  const sessionOf = (actor: AnyActor): string =>
    actor._parent === undefined
      ? redact(actor.id.slice(actor.id.lastIndexOf(':') + 1))
      : `${sessionOf(actor._parent)}/${actor.id}`;
  const shown = (actor: AnyActor, snapshot: unknown): ShownActor => ({
    id: actor._parent === undefined ? redact(actor.id) : actor.id,
    sessionId: sessionOf(actor),
    _parent: actor._parent === undefined ? undefined : { sessionId: sessionOf(actor._parent) },
    // Only the chart has a definition; it is the same for all runs and contains no values.
    logic: actor._parent === undefined ? { config: actor.logic?.config } : {},
    getSnapshot: () => snapshot,
  });
  const rootOf = (actor: AnyActor): string => (actor._parent === undefined ? sessionOf(actor) : rootOf(actor._parent));
  const send = (event: object): void => emit(event as InspectionEvent);
  return (event) => {
    const actor = event.actorRef as unknown as AnyActor;
    const rootId = rootOf(actor);
    switch (event.type) {
      case '@xstate.actor':
        // It is initialising and has no snapshot yet; its first snapshot follows.
        return send({ type: event.type, rootId, actorRef: shown(actor, { status: 'active' }) });
      case '@xstate.event': {
        const source = event.sourceRef as unknown as AnyActor | undefined;
        return send({
          type: event.type,
          rootId,
          actorRef: shown(actor, undefined),
          sourceRef: source && { sessionId: sessionOf(source) },
          event: projectEvent(event.event, redact),
        });
      }
      case '@xstate.microstep':
      case '@xstate.snapshot': {
        // The snapshot after the last of several steps is the same as that of the last step.
        const isStep = event.type === '@xstate.microstep';
        const isRun = actor._parent === undefined;
        if (isRun && !isStep && event.event.type !== 'xstate.init') return;
        const snapshot = projectSnapshot(event.snapshot, redact);
        return send({
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
