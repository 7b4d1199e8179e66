import type { AttemptContext, Task } from '../model/run.ts';

/** How one call of a scripted tool ends: an error is thrown, a function is called, anything else is returned. */
export type ToolStep<T> = T | Error | ((context: AttemptContext) => T | PromiseLike<T>);

/** A tool that follows a script and records its calls. */
export interface ScriptedTool<T> extends Task<T> {
  /** The contexts of all calls so far, in order. */
  readonly calls: readonly AttemptContext[];
}

/** Makes a tool that ends each call as the next step specifies. The last step is reused for later calls. */
export const scriptedTool = <T = unknown>(...steps: readonly ToolStep<T>[]): ScriptedTool<T> => {
  const calls: AttemptContext[] = [];
  const task = async (context: AttemptContext): Promise<T> => {
    const step = steps[Math.min(calls.length, steps.length - 1)];
    calls.push(context);
    if (step instanceof Error) throw step;
    return typeof step === 'function'
      ? (step as (context: AttemptContext) => T | PromiseLike<T>)(context)
      : (step as T);
  };
  return Object.assign(task, { calls });
};

/** A step of a scripted tool that does not end by itself: it rejects when the signal of the call aborts. */
export const never = ({ signal }: AttemptContext): Promise<never> =>
  new Promise((_, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
