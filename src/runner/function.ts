import type { FixFunction, FixRequest } from '../model/fix.ts';
import type { FixMode, FixName } from '../model/words.ts';
import { untilAborted } from '../platform/wait.ts';
import { errorText } from '../text/sanitize.ts';
import type { WorkResult } from './fix.ts';
import type { Probe } from './probe.ts';
import { cancelsOf, plainRequest } from './request.ts';

/** A fix of the embedding program, with what the config says of other fixes. */
export interface FunctionEntry {
  /** Does it. Resolving with `false`, or rejecting, means that it failed. */
  readonly run: FixFunction;
  /** The tools that it mends, as globs. @default ['*'] */
  readonly tools?: readonly string[] | undefined;
  /** What it mends, in one word, or told from the call; equal targets are mended together. @default 'default' */
  readonly target?: string | ((call: { tool: string; args: Readonly<Record<string, unknown>> }) => string) | undefined;
  /** The longest that it may take, its probes included, in ms. @default 30000 */
  readonly timeoutMs?: number | undefined;
  /** Whether there is nothing to mend; asked before and after. */
  readonly probe?: (() => boolean | PromiseLike<boolean>) | undefined;
  /** Whether a person is asked first, or only told what it would do. @default 'auto' */
  readonly mode?: FixMode | undefined;
  /** How long it rests after a run, in ms. @default as the configured fix of this name */
  readonly cooldownMs?: number | undefined;
  /** How often it may run within a window. @default as the configured fix of this name */
  readonly budget?: { readonly runs: number; readonly windowMs: number } | undefined;
}

/** Fixes by function, by name; each takes the place of the fix's configured command. */
export type FixFunctions = Partial<Record<FixName, FixFunction | FunctionEntry>>;

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
      ? { status: 'failed', reason: 'the function said that it failed' }
      : { status: 'succeeded', reason: 'the function ended well' };
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
        ? { healthy: true, reason: 'the probe says that all is well' }
        : { healthy: false, reason: 'the probe says no' };
    } catch (error) {
      return {
        healthy: false,
        reason: cancels.aborted ? 'the probe had not answered' : `the probe failed: ${errorText(error)}`,
      };
    }
  };
