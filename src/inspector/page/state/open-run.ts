import { batch, computed, signal } from '@preact/signals';
import { ApiError, requestJson } from '../api/request.ts';
import type { RunDetail, RunSummary, Step } from '../api/types.ts';
import { defer } from '../time.ts';
import { token } from './route.ts';
import { explain } from './server.ts';

/** The details of the open run. */
export const detail = signal<RunDetail | null>(null);
export const detailStatus = signal<'none' | 'loading' | 'ready' | 'gone' | 'problem'>('none');
export const detailProblem = signal('');
/** The name of the file of the run; null if it comes from the server. */
export const fileName = signal<string | null>(null);

/** The number of steps that are shown. */
export const position = signal(0);
export const playing = signal(false);
export const steps = computed<readonly Step[]>(() => detail.value?.steps ?? []);

/** The shortest and the longest time for one step of the replay, in ms. */
const rests = { shortest: 450, longest: 1600 };
/** Time per step while following a live run, in ms, so that short states are visible. */
const walkMs = 140;

let stopPlaying = (): void => {};
let stopWalking = (): void => {};
let callOffRefresh: (() => void) | null = null;
let asking: AbortController | null = null;
let wanted = '';

export const pause = (): void => {
  stopPlaying();
  playing.value = false;
};

/** Shows the run after `taken` steps. */
export const scrubTo = (taken: number): void => {
  stopWalking();
  position.value = Math.max(0, Math.min(taken, steps.value.length));
};

const playOn = (): void => {
  const next = steps.value[position.value];
  if (!next) {
    pause();
    return;
  }
  const rest = Math.min(rests.longest, Math.max(rests.shortest, next.durationMs ?? 0));
  stopPlaying = defer(rest, () => {
    position.value += 1;
    playOn();
  });
};

/** Replays the run from the current step, or from the start if it is at the end. */
export const play = (): void => {
  if (steps.value.length === 0) return;
  stopWalking();
  if (position.value >= steps.value.length) position.value = 0;
  playing.value = true;
  playOn();
};

const walkToEnd = (): void => {
  stopWalking();
  const behind = steps.value.length - position.value;
  if (behind <= 0) return;
  position.value += Math.max(1, behind - 12);
  stopWalking = defer(walkMs, walkToEnd);
};

const show = (run: RunDetail, file: string | null = null): void => {
  stopWalking();
  pause();
  batch(() => {
    detail.value = run;
    fileName.value = file;
    detailStatus.value = 'ready';
    position.value = run.steps.length;
  });
};

/** Shows a run from a file. */
export const showFile = (run: RunDetail, name: string): void => {
  closeRun();
  show(run, name);
};

/** Closes the run. */
export const closeRun = (): void => {
  asking?.abort();
  callOffRefresh?.();
  callOffRefresh = null;
  stopWalking();
  pause();
  wanted = '';
  batch(() => {
    detail.value = null;
    fileName.value = null;
    detailStatus.value = 'none';
    position.value = 0;
  });
};

const ask = async (runId: string): Promise<RunDetail | null> => {
  asking?.abort();
  const own = new AbortController();
  asking = own;
  try {
    const run = await requestJson<RunDetail>(`/api/runs/${encodeURIComponent(runId)}`, token.value, own.signal);
    return own.signal.aborted ? null : run;
  } catch (error) {
    if (own.signal.aborted) return null;
    batch(() => {
      detailProblem.value = explain(error);
      detailStatus.value = error instanceof ApiError && error.kind === 'gone' ? 'gone' : 'problem';
    });
    return null;
  }
};

/** Loads the run and shows its last step. */
export const showRun = async (runId: string): Promise<void> => {
  if (wanted === runId && detailStatus.value === 'ready') return;
  closeRun();
  wanted = runId;
  detailStatus.value = 'loading';
  const run = await ask(runId);
  if (run) show(run);
};

/** Reloads the open run and keeps the current step. */
const refresh = async (): Promise<void> => {
  const before = steps.value.length;
  const atEnd = position.value >= before;
  const run = await ask(wanted);
  if (!run || run.runId !== wanted) return;
  batch(() => {
    const newest = run.steps.length >= before ? run.steps : steps.value;
    detail.value = { ...run, steps: newest };
    detailStatus.value = 'ready';
  });
  if (atEnd && !playing.value) walkToEnd();
};

export const refreshRun = (): void => {
  if (wanted === '' || callOffRefresh) return;
  callOffRefresh = defer(150, () => {
    callOffRefresh = null;
    void refresh();
  });
};

/** Updates the open run from the stream. */
export const receiveRun = (run: RunSummary): void => {
  if (run.runId !== wanted || !detail.value) return;
  detail.value = { ...detail.value, ...run };
  refreshRun();
};

/** Appends new steps of the run. */
export const receiveSteps = (runId: string, fresh: readonly Step[]): void => {
  if (runId !== wanted || !detail.value) return;
  const last = steps.value.at(-1)?.seq ?? -1;
  const unknown = fresh.filter(({ seq }) => seq > last);
  if (unknown.length === 0) return;
  const atEnd = position.value >= steps.value.length;
  detail.value = { ...detail.value, steps: [...steps.value, ...unknown] };
  if (!playing.value && atEnd) walkToEnd();
};
