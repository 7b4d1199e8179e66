import { batch, computed, effect, signal, untracked } from '@preact/signals';
import { ApiError, request, requestJson } from '../api/request.ts';
import type { LearningOverview, LessonReview, MoveRequest, Read, Rung, SignatureRow } from '../api/types.ts';
import { now, pause } from '../time.ts';
import { chosenSignature, token, view } from './route.ts';
import { announcement, explain, mode, totals } from './server.ts';
import { isVisible } from './visible.ts';

/** Time between two looks at what was learned, in ms: only while the page is looked at. */
const lookAgainMs = 30_000;

export const learning = signal<LearningOverview | null>(null);
/** When what is shown was read, by the clock of this page. */
export const learningReadAt = signal(0);
/** Why it could not be read; null if it could. */
export const learningProblem = signal<string | null>(null);
/** The chosen signature if it is not among the first ones: `gone` if the log does not have it. */
export const rareSignature = signal<SignatureRow | 'loading' | 'gone' | null>(null);

/** Whether there is anything to show: something was learned, or a failure was seen since. */
export const hasLearned = computed(
  () => mode.value?.learning === true || (mode.value?.learning === false && (totals.value?.byClass.length ?? 0) > 0),
);

const isLookedAt = computed(
  () => view.value === 'learning' && mode.value?.learning !== undefined && isVisible.value && token.value !== '',
);

const findRare = async (signal?: AbortSignal): Promise<void> => {
  const id = chosenSignature.value;
  if (id === '' || learning.value === null || learning.value.signatures.some((one) => one.id === id)) {
    rareSignature.value = null;
    return;
  }
  if (typeof rareSignature.value === 'string' || rareSignature.value?.id !== id) rareSignature.value = 'loading';
  try {
    const path = `/api/learning/signatures/${encodeURIComponent(id)}`;
    const found = await requestJson<SignatureRow>(path, token.value, signal);
    if (id === chosenSignature.value) rareSignature.value = found;
  } catch (error) {
    if (signal?.aborted === true || id !== chosenSignature.value) return;
    rareSignature.value = 'gone';
    if (!(error instanceof ApiError && error.kind === 'gone')) learningProblem.value = explain(error);
  }
};

const look = async (signal?: AbortSignal): Promise<void> => {
  try {
    const { value, problem, ageMs } = await requestJson<Read<LearningOverview>>('/api/learning', token.value, signal);
    batch(() => {
      learning.value = value;
      learningReadAt.value = now() - ageMs;
      learningProblem.value = problem;
    });
    await findRare(signal);
  } catch (error) {
    if (signal?.aborted !== true) learningProblem.value = explain(error);
  }
};

const lookAgain = async (signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await look(signal);
    await pause(lookAgainMs, signal);
  }
};

/** Keeps what was learned up to date while the page shows it, and is visible. */
export const followLearning = (): void => {
  effect(() => {
    if (!isLookedAt.value) return;
    const until = new AbortController();
    untracked(() => void lookAgain(until.signal));
    return () => until.abort();
  });
  effect(() => {
    chosenSignature.value;
    untracked(() => void findRare());
  });
};

const pathOf = (name: string): string => `/api/learning/lessons/${encodeURIComponent(name)}`;

/** Loads what a person has to see before the lesson is moved. Rejects with an error with a message for the user. */
export const review = async (name: string, to: Rung, signal: AbortSignal): Promise<LessonReview> => {
  try {
    return await requestJson<LessonReview>(`${pathOf(name)}/review?to=${to}`, token.value, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Error(explain(error), { cause: error });
  }
};

/** Moves a lesson to another rung. Rejects with an error with a message for the user. */
export const move = async (name: string, wanted: MoveRequest): Promise<void> => {
  try {
    await request(`${pathOf(name)}/move`, token.value, { body: wanted });
  } catch (error) {
    throw new Error(explain(error), { cause: error });
  } finally {
    await look();
  }
  announcement.value = `Moved to ${wanted.to}: ${name}`;
};
