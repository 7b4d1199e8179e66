import { batch, computed, effect, signal, untracked } from '@preact/signals';
import { request, requestJson } from '../api/request.ts';
import type { DecisionRequest, FleetApprovalRow, FleetEvents, FleetOverview, Read } from '../api/types.ts';
import { shown } from '../text/shown.ts';
import { now, pause } from '../time.ts';
import { token, view } from './route.ts';
import { announcement, explain, mode } from './server.ts';
import { isVisible } from './visible.ts';

/** Time between two looks at the fleet, and at its events, in ms: only while the page is looked at. */
const lookAgainMs = 2_000;
const countAgainMs = 30_000;

export const fleet = signal<FleetOverview | null>(null);
/** When what is shown was read, by the clock of this page. */
export const fleetReadAt = signal(0);
/** Why the fleet could not be read; null if it could. */
export const fleetProblem = signal<string | null>(null);
export const fleetEvents = signal<FleetEvents | null>(null);
export const fleetEventsProblem = signal<string | null>(null);

const isLookedAt = computed(
  () => view.value === 'fleet' && mode.value?.fleet === true && isVisible.value && token.value !== '',
);

/** The time of the database's clock. @param time The time of this page's, which may be from before the last look. */
export const fleetTime = ({ now: there }: FleetOverview, time: number): number =>
  there + Math.max(0, time - fleetReadAt.value);

const look = async (signal?: AbortSignal): Promise<void> => {
  try {
    const { value, problem, ageMs } = await requestJson<Read<FleetOverview>>('/api/fleet', token.value, signal);
    batch(() => {
      fleet.value = value;
      fleetReadAt.value = now() - ageMs;
      fleetProblem.value = problem;
    });
  } catch (error) {
    if (signal?.aborted !== true) fleetProblem.value = explain(error);
  }
};

const countEvents = async (signal: AbortSignal): Promise<void> => {
  try {
    const { value, problem } = await requestJson<Read<FleetEvents>>('/api/fleet/events', token.value, signal);
    batch(() => {
      fleetEvents.value = value;
      fleetEventsProblem.value = problem;
    });
  } catch (error) {
    if (!signal.aborted) fleetEventsProblem.value = explain(error);
  }
};

const repeat = async (work: (signal: AbortSignal) => Promise<void>, everyMs: number, signal: AbortSignal) => {
  while (!signal.aborted) {
    await work(signal);
    await pause(everyMs, signal);
  }
};

/** Keeps the fleet up to date while the page shows it, and is visible. */
export const followFleet = (): void => {
  effect(() => {
    if (!isLookedAt.value) return;
    const until = new AbortController();
    untracked(() => {
      void repeat(look, lookAgainMs, until.signal);
      void repeat(countEvents, countAgainMs, until.signal);
    });
    return () => until.abort();
  });
};

/** Decides an approval. Rejects with an error with a message for the user. */
export const decide = async ({ id, key }: FleetApprovalRow, decision: DecisionRequest): Promise<void> => {
  try {
    await request(`/api/fleet/approvals/${encodeURIComponent(id)}`, token.value, { body: decision });
  } catch (error) {
    throw new Error(explain(error), { cause: error });
  } finally {
    await look();
  }
  announcement.value = `${decision.approve ? 'Approved' : 'Denied'}: ${shown(key)}`;
};
