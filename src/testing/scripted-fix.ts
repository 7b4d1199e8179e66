import type { FixFunction, FixRequest } from '../model/fix.ts';

/** How one run of a scripted fix ends: well, not well, by an error, or as a function says. */
export type FixStep = boolean | Error | FixFunction;

/** A fix that does what it was told to, and remembers what it was asked for. */
export interface ScriptedFix {
  (request: FixRequest): Promise<unknown>;
  readonly requests: readonly FixRequest[];
}

/** Makes a fix that ends each run as the next step says; the last step holds for all runs that follow. @default true */
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
