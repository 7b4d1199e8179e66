import { batch, computed, signal } from '@preact/signals';
import { ApiError, requestJson } from '../api/request.ts';
import type { RunDetail, RunSummary, Step } from '../api/types.ts';
import { defer } from '../time.ts';
import { token } from './route.ts';
import { explain } from './server.ts';

/** The run that is looked at, with everything that is known of it. */
export const detail = signal<RunDetail | null>(null);
export const detailStatus = signal<'none' | 'loading' | 'ready' | 'gone' | 'problem'>('none');
export const detailProblem = signal('');
/** The name of the file that the run came from; null if the server has it. */
export const fileName = signal<string | null>(null);

/** After how many of its steps the run is shown. */
export const position = signal(0);
export const playing = signal(false);
export const steps = computed<readonly Step[]>(() => detail.value?.steps ?? []);

/** How long the replay rests on a step, in ms: at least so that it can be seen, at most so that nobody waits. */
const rests = { shortest: 450, longest: 1600 };
/** So fast a run that is looked at live is walked through, in ms a step: its short states are seen too. */
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

/** Shows the run as it was after `taken` steps. */
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

/** Replays the run from where it stands, or from its begin where it stands at its end. */
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

/** Shows a run that was read from a file. */
export const showFile = (run: RunDetail, name: string): void => {
  closeRun();
  show(run, name);
};

/** Takes the run away again. */
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

/** Loads the run and shows it as it is now. */
export const showRun = async (runId: string): Promise<void> => {
  if (wanted === runId && detailStatus.value === 'ready') return;
  closeRun();
  wanted = runId;
  detailStatus.value = 'loading';
  const run = await ask(runId);
  if (run) show(run);
};

/** Asks again for the run that is looked at, without taking the user from the step that they look at. */
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

/** Takes in what the stream says of the run that is looked at. */
export const receiveRun = (run: RunSummary): void => {
  if (run.runId !== wanted || !detail.value) return;
  detail.value = { ...detail.value, ...run };
  refreshRun();
};

/** Takes in the steps that the run has made since. */
export const receiveSteps = (runId: string, fresh: readonly Step[]): void => {
  if (runId !== wanted || !detail.value) return;
  const last = steps.value.at(-1)?.seq ?? -1;
  const unknown = fresh.filter(({ seq }) => seq > last);
  if (unknown.length === 0) return;
  const atEnd = position.value >= steps.value.length;
  detail.value = { ...detail.value, steps: [...steps.value, ...unknown] };
  if (!playing.value && atEnd) walkToEnd();
};
