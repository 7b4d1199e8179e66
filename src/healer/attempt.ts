import type { AttemptContext, Settled, Task } from '../model/run.ts';

/** What one attempt of a tool gets. Its signal is made when it is first read: most tools never look. */
export class Attempt implements AttemptContext {
  readonly attempt: number;
  #signal: AbortSignal | undefined;

  constructor(attempt: number, signal: AbortSignal | undefined) {
    this.attempt = attempt;
    this.#signal = signal;
  }

  get signal(): AbortSignal {
    this.#signal ??= new AbortController().signal;
    return this.#signal;
  }
}

/** How a call of the tool ended, before anyone has looked at what it returned. */
export type Ended<T> =
  | { readonly thrown: false; readonly value: T }
  | { readonly thrown: true; readonly error: unknown };

const call = async <T>(task: Task<T>, attempt: number, signal: AbortSignal | undefined): Promise<Ended<T>> => {
  try {
    return { thrown: false, value: await task(new Attempt(attempt, signal)) };
  } catch (error) {
    return { thrown: true, error };
  }
};

/**
 * Calls the tool once; a synchronous throw and a rejection are the same. Resolves with null as soon as
 * `cutOff` aborts: the attempt's own end, whenever it comes, is then dropped.
 */
export const callOnce = async <T>(
  task: Task<T>,
  attempt: number,
  signal: AbortSignal | undefined,
  cutOff: AbortSignal | undefined,
): Promise<Ended<T> | null> => {
  if (cutOff === undefined) return call(task, attempt, signal);
  if (cutOff.aborted) return null;
  let onAbort = (): void => {};
  const cut = new Promise<null>((resolve) => {
    onAbort = () => resolve(null);
    cutOff.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([call(task, attempt, signal), cut]);
  } finally {
    cutOff.removeEventListener('abort', onAbort);
  }
};

/** Joins an ended call and the verdict on it. */
export const settledAs = <T>(ended: Ended<T>, failure: boolean): Settled<T> => {
  if (ended.thrown) return { ok: false, thrown: true, error: ended.error };
  return failure ? { ok: false, thrown: false, value: ended.value } : { ok: true, value: ended.value };
};
