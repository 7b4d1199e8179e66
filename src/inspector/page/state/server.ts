import { signal } from '@preact/signals';
import { type Chart, chart as ownChart } from '../../../../machines/chart.ts';
import { ApiError, requestJson } from '../api/request.ts';
import type { StreamStatus } from '../api/stream.ts';
import type { Health, Mode, Totals } from '../api/types.ts';
import { token } from './route.ts';

/** The bundled chart is shown immediately; the server's replaces it if it differs. */
export const chart = signal<Chart>(ownChart);
export const mode = signal<Mode | null>(null);
export const connection = signal<StreamStatus>('connecting');
/** Whether the server has accepted the token. */
export const refused = signal(false);
export const totals = signal<Totals | null>(null);
export const health = signal<Health | null>(null);
/** Why totals and health could not be loaded; null if they could. */
export const overviewProblem = signal<string | null>(null);
/** The next announcement for screen readers. */
export const announcement = signal('');

/** Returns the message of an error for the user. Also records a rejected token. */
export const explain = (error: unknown): string => {
  if (error instanceof ApiError && error.kind === 'token') refused.value = true;
  return error instanceof Error ? error.message : String(error);
};

/** Loads the mode and the chart, which do not change. */
export const loadMode = async (): Promise<Mode | null> => {
  try {
    const [loadedMode, drawn] = await Promise.all([
      requestJson<Mode>('/api/mode', token.value).catch((error: unknown): Mode => {
        if (error instanceof ApiError && error.kind === 'gone') return { mode: 'live' };
        throw error;
      }),
      requestJson<Chart>('/api/chart', token.value),
    ]);
    if (JSON.stringify(drawn) !== JSON.stringify(chart.value)) chart.value = drawn;
    mode.value = loadedMode;
    overviewProblem.value = null;
  } catch (error) {
    overviewProblem.value = explain(error);
  }
  return mode.value;
};

/** Loads the totals, breakers, budgets and cool-downs. */
export const loadOverview = async (): Promise<void> => {
  try {
    const [counted, now] = await Promise.all([
      requestJson<Totals>('/api/totals', token.value),
      requestJson<Health>('/api/health', token.value),
    ]);
    totals.value = counted;
    health.value = now;
    overviewProblem.value = null;
  } catch (error) {
    overviewProblem.value = explain(error);
  }
};
