import type { FixFunction, FixRequest } from '../model/fix.ts';

/** How one run of a scripted fix ends: it succeeds (true), fails (false), throws an error, or calls a function. */
export type FixStep = boolean | Error | FixFunction;

/** A fix function that follows a script and records its requests. */
export interface ScriptedFix {
  /** Runs the next step of the script. */
  (request: FixRequest): Promise<unknown>;
  /** The requests of all runs so far, in order. */
  readonly requests: readonly FixRequest[];
}

/**
 * Makes a fix that ends each run as the next step specifies. The last step is reused for later runs; by default it
 * succeeds.
 */
export const scriptedFix = (...steps: readonly FixStep[]): ScriptedFix => {
  const requests: FixRequest[] = [];
  const run = async (request: FixRequest): Promise<unknown> => {
    const step = steps[Math.min(requests.length, steps.length - 1)] ?? true;
    requests.push(request);
    if (step instanceof Error) throw step;
    return typeof step === 'function' ? step(request) : step;
  };
  return Object.assign(run, { requests });
};
