import { batch, signal } from '@preact/signals';
import { requestJson } from '../api/request.ts';
import type { RunSummary, RunsPage } from '../api/types.ts';
import { type Filters, filterNames, matches } from './filters.ts';
import { mergeRuns } from './merge.ts';
import { filters, token } from './route.ts';
import { explain } from './server.ts';

const pageSize = 200;

/** Maximum number of runs in the list while new ones arrive; older ones are loaded again by scrolling. */
const kept = 10_000;
/** Maximum number of runs that can be loaded by scrolling; filters reach older ones. */
export const reachable = 50_000;

export const runs = signal<readonly RunSummary[]>([]);
/** The number of runs that match the filters, loaded or not. */
export const total = signal(0);
export const loading = signal<'first' | 'more' | null>('first');
export const listProblem = signal<string | null>(null);
/** The number of new runs above the list while the user is scrolled down. */
export const waiting = signal(0);
/** Whether the list is scrolled to the top, so that new runs can be inserted. */
export const atTop = signal(true);
/**
 * `more`: older runs can be loaded · `cut`: older runs are only shown after a reload · `end`: all runs are loaded.
 */
export const rest = signal<'more' | 'cut' | 'end'>('end');

let next: string | null = null;
let asking: AbortController | null = null;
const waitingIds = new Set<string>();

const ask = (cursor: string | null, wanted: Filters, signal: AbortSignal): Promise<RunsPage> => {
  const query = new URLSearchParams({ limit: String(pageSize) });
  if (cursor !== null) query.set('cursor', cursor);
  for (const name of filterNames) if (wanted[name] !== '') query.set(name, wanted[name]);
  return requestJson<RunsPage>(`/api/runs?${query}`, token.value, signal);
};

const load = async (what: 'first' | 'more'): Promise<void> => {
  asking?.abort();
  const own = new AbortController();
  asking = own;
  loading.value = what;
  try {
    const page = await ask(what === 'first' ? null : next, filters.value, own.signal);
    if (own.signal.aborted) return;
    batch(() => {
      runs.value = what === 'first' ? page.runs : mergeRuns(runs.value, page.runs);
      total.value = page.total;
      next = page.next;
      rest.value = page.next === null ? 'end' : 'more';
      listProblem.value = null;
      loading.value = null;
      if (what === 'more') return;
      waitingIds.clear();
      waiting.value = 0;
    });
  } catch (error) {
    if (own.signal.aborted) return;
    batch(() => {
      listProblem.value = explain(error);
      loading.value = null;
    });
  }
};

/** Replaces the list with the newest runs that match the filters. */
export const loadRuns = (): Promise<void> => load('first');

/** Loads the next older runs, unless a load is in progress. */
export const loadOlder = async (): Promise<void> => {
  if (loading.value !== null || listProblem.value !== null || rest.value !== 'more') return;
  if (runs.value.length >= reachable) return;
  await load('more');
};

const wait = (run: RunSummary): void => {
  if (waitingIds.size >= kept) return;
  waitingIds.add(run.runId);
  waiting.value = waitingIds.size;
};

/** Adds new runs and updates changed ones. */
export const receiveRuns = (changes: ReadonlyMap<string, RunSummary>): void => {
  const oldest = runs.value.at(-1)?.startedAt ?? Number.NEGATIVE_INFINITY;
  const missing = new Map(changes);
  let gone = 0;
  let touched = false;
  const current: RunSummary[] = [];
  for (const run of runs.value) {
    const change = changes.get(run.runId);
    missing.delete(run.runId);
    if (change) touched = true;
    if (change && !matches(change, filters.value)) gone += 1;
    else current.push(change ?? run);
  }
  const fresh = [...missing.values()].filter(
    (run) => matches(run, filters.value) && (rest.value === 'end' || run.startedAt >= oldest),
  );
  if (!touched && fresh.length === 0) return;
  batch(() => {
    const shown = atTop.value ? mergeRuns(fresh, current) : current;
    if (!atTop.value) for (const run of fresh) wait(run);
    total.value += (atTop.value ? fresh.length : 0) - gone;
    const cut = atTop.value && shown.length > kept * 1.05;
    if (cut) rest.value = 'cut';
    runs.value = cut ? shown.slice(0, kept) : shown;
  });
};
