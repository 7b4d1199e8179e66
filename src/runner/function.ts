import type { FixFunction, FixRequest } from '../model/fix.ts';
import type { BuiltInFixName, FixMode } from '../model/terms.ts';
import { untilAborted } from '../platform/wait.ts';
import { errorText } from '../text/error-text.ts';
import type { WorkResult } from './fix.ts';
import type { Probe } from './probe.ts';
import { cancelsOf, plainRequest } from './request.ts';

/**
 * A fix function with the options that healflow.yaml has for other fixes. What healflow.yaml says for the fix wins; the `tools`
 * of both must match.
 */
export interface FunctionEntry {
  /** The function. It fails if it resolves with `false` or rejects. */
  readonly run: FixFunction;
  /**
   * The tools for which the fix runs, as globs.
   *
   * @default `['*']`
   */
  readonly tools?: readonly string[] | undefined;
  /**
   * The target of the fix in one word, or a function that derives it from the call. Calls with equal targets share one run.
   *
   * @default `'default'`
   */
  readonly target?: string | ((call: { tool: string; args: Readonly<Record<string, unknown>> }) => string) | undefined;
  /**
   * Time limit of one run, its probes included, in ms.
   *
   * @default 30000
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How long the effect of the function takes once it has finished, in ms: then the fix is probed, and the call retried.
   *
   * @default 0
   */
  readonly settleMs?: number | undefined;
  /** Returns true if nothing needs to be fixed; called before and after the function. */
  readonly probe?: (() => boolean | PromiseLike<boolean>) | undefined;
  /**
   * Whether the fix runs at once, asks a person first, or only reports what it would do.
   *
   * @default `'auto'`
   */
  readonly mode?: FixMode | undefined;
  /**
   * Minimum time between two runs, in ms.
   *
   * @default the default of the configured fix of this name
   */
  readonly cooldownMs?: number | undefined;
  /**
   * Maximum number of runs within a window of `windowMs` milliseconds.
   *
   * @default the default of the configured fix of this name
   */
  readonly budget?: { readonly runs: number; readonly windowMs: number } | undefined;
}

/** Fix functions by the name of the fix; each replaces the configured command of that fix. */
export type FixFunctions = Partial<Record<BuiltInFixName, FixFunction | FunctionEntry>>;

export const functionEntry = (given: FixFunction | FunctionEntry): FunctionEntry =>
  typeof given === 'function' ? { run: given } : given;

const isPromiseLike = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';

/** Calls a fix function; one that does not listen to its signal is left behind when time is up. */
export const callFunction = async (run: FixFunction, request: FixRequest): Promise<WorkResult> => {
  const cancels = cancelsOf(request);
  try {
    const given = run(plainRequest(request));
    const answer = isPromiseLike(given) ? await untilAborted(given, cancels) : given;
    return answer === false
      ? { status: 'failed', reason: 'the function returned false' }
      : { status: 'succeeded', reason: 'the function succeeded' };
  } catch (error) {
    if (cancels.aborted) return { status: 'failed', reason: 'the function had not ended' };
    return { status: 'failed', reason: `the function failed: ${errorText(error)}` };
  }
};

/** Makes a probe of a function. */
export const functionProbe =
  (ask: () => boolean | PromiseLike<boolean>): Probe =>
  async (cancels) => {
    try {
      const healthy = await untilAborted((async () => ask())(), cancels);
      return healthy === true
        ? { healthy: true, reason: 'the probe succeeded' }
        : { healthy: false, reason: 'the probe says no' };
    } catch (error) {
      return {
        healthy: false,
        reason: cancels.aborted ? 'the probe had not answered' : `the probe failed: ${errorText(error)}`,
      };
    }
  };
