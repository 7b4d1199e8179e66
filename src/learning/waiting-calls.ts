import { createHash } from 'node:crypto';
import type { Clock } from '../model/clock.ts';
import type { DiagnosisClass } from '../model/terms.ts';
import { Cancellation, signalOf } from '../platform/cancellation.ts';
import { within } from '../platform/wait.ts';
import type { DigestArgs } from './args-digest.ts';
import type { CheckResult, Signature } from './model.ts';

/** What a call did that was made again for a check. */
export interface MadeAgain {
  readonly result: CheckResult;
  /** How it failed, in one redacted line; null unless it failed. */
  readonly line: string | null;
}

/** A call that has failed, and how it is made again for a check. */
export interface FailedCall {
  readonly tool: string;
  /** How it failed, in one redacted line. */
  readonly line: string;
  readonly class: DiagnosisClass;
  readonly args: Readonly<Record<string, unknown>> | undefined;
  /** When it failed first, in ms since the epoch. */
  readonly since: number;
  /** Makes the call again; undefined if it may change something. */
  readonly again?: ((signal: AbortSignal) => Promise<MadeAgain>) | undefined;
}

/** A failure that was not healed and has not been seen to end. */
export interface OpenFailure {
  /** The id of this failure in its process. */
  readonly id: string;
  /** The name of the tool. */
  readonly tool: string;
  /** What the failure is known by. */
  readonly signature: Signature;
  /** The class of the failure. */
  readonly class: DiagnosisClass;
  /** How it failed, in one redacted line. */
  readonly line: string;
  /** When it failed first, in ms since the epoch. */
  readonly since: number;
  /** Whether the call can be made again for a check: only if its tool is read-only or idempotent. */
  readonly canCheck: boolean;
}

/** What a check of a waiting call found. */
export interface CheckReport {
  readonly result: CheckResult;
  /** How the call fails now; null unless it failed. */
  readonly signature: Signature | null;
  readonly line: string | null;
  /** Present if no later check can find more. */
  readonly isOver?: true;
}

export interface WaitingCallsParts {
  readonly clock: Clock;
  readonly signatureOf: (line: string) => Signature;
  /** Loads what makes digests of arguments. */
  readonly loadDigestArgs: () => Promise<DigestArgs>;
  /** Called with the first call that can be made again. */
  readonly onFirst?: (() => void) | undefined;
  /** Told what a check has found, unless it is unknown. */
  readonly onChecked?: ((call: Pick<FailedCall, 'tool' | 'args'>, result: CheckResult) => void) | undefined;
  readonly maxCalls?: number | undefined;
  readonly maxAgeMs?: number | undefined;
}

interface Kept extends OpenFailure {
  readonly call: FailedCall;
  readonly key: string;
  /** When it failed last, on the monotonic clock. */
  readonly at: number;
  checking?: Promise<CheckReport> | undefined;
  /** Whether a check has seen it succeed: it waits no more, but can still be checked. */
  hasSucceeded: boolean;
}

const defaultMaxCalls = 16;
const defaultMaxAgeMs = 30 * 60_000;

const unknown: CheckReport = { result: 'unknown', signature: null, line: null };
const over: CheckReport = { ...unknown, isOver: true };

/** What tells one failing call from another. The arguments are not kept a second time. */
const keyOf = ({ tool, args }: FailedCall, { id }: Signature): string => {
  const hash = createHash('sha256').update(`${tool}\0${id}\0`);
  try {
    return hash.update(JSON.stringify(args) ?? '').digest('base64url');
  } catch {
    return hash.digest('base64url');
  }
};

/**
 * The calls that failed last and have not been seen to succeed, so that a repair can be checked by making them again: the 16 newest of the
 * last 30 minutes. Their arguments stay in this process. A call that may change something is listed, but never made again.
 */
export class WaitingCalls {
  readonly #parts: WaitingCallsParts;
  readonly #maxCalls: number;
  readonly #maxAgeMs: number;
  /** The oldest first. */
  readonly #kept = new Map<string, Kept>();
  #made = 0;
  #isOffered = false;
  #isClosed = false;
  readonly #cancellation = new Cancellation();

  constructor(parts: WaitingCallsParts) {
    this.#parts = parts;
    this.#maxCalls = parts.maxCalls ?? defaultMaxCalls;
    this.#maxAgeMs = parts.maxAgeMs ?? defaultMaxAgeMs;
  }

  add(call: FailedCall): void {
    if (this.#isClosed) return;
    this.#dropOld();
    const signature = this.#parts.signatureOf(call.line);
    const key = keyOf(call, signature);
    const earlier = this.#kept.get(key);
    const isSame = earlier !== undefined && !earlier.hasSucceeded;
    this.#kept.delete(key);
    this.#made += 1;
    this.#kept.set(key, {
      ...{ id: String(this.#made), tool: call.tool, signature, class: call.class, line: call.line, key, call },
      since: isSame ? earlier.since : call.since,
      canCheck: call.again !== undefined,
      at: this.#parts.clock.monotonic(),
      hasSucceeded: false,
    });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#maxCalls) break;
      this.#kept.delete(oldest);
    }
    if (call.again === undefined || this.#isOffered) return;
    this.#isOffered = true;
    this.#parts.onFirst?.();
  }

  /** Those that wait, the newest first. */
  list(): readonly OpenFailure[] {
    this.#dropOld();
    return [...this.#kept.values()]
      .filter(({ hasSucceeded }) => !hasSucceeded)
      .reverse()
      .map(({ id, tool, signature, class: of, line, since, canCheck }) => ({
        ...{ id, tool, signature, class: of, line, since, canCheck },
      }));
  }

  /** A keyed digest of the arguments of a call; null if they are not known. */
  async digestOf(id: string): Promise<string | null> {
    const kept = this.#find(id);
    if (kept === undefined) return null;
    try {
      return (await this.#parts.loadDigestArgs())(kept.call.args);
    } catch {
      return null;
    }
  }

  /** Makes a call again. `unknown` if it is not there, may not be made again, or takes longer than `timeoutMs`. Never rejects. */
  async check(id: string, timeoutMs: number): Promise<CheckReport> {
    this.#dropOld();
    const kept = this.#find(id);
    if (kept?.call.again === undefined || this.#isClosed) return over;
    // Two who ask at once share one call.
    kept.checking ??= this.#check(kept, kept.call.again, timeoutMs).finally(() => {
      kept.checking = undefined;
    });
    return kept.checking;
  }

  close(): void {
    this.#isClosed = true;
    this.#kept.clear();
    this.#cancellation.abort(new DOMException('the healer was closed', 'AbortError'));
  }

  async #check(kept: Kept, again: NonNullable<FailedCall['again']>, timeoutMs: number): Promise<CheckReport> {
    const control = new AbortController();
    const signal = AbortSignal.any([control.signal, signalOf(this.#cancellation)]);
    let made: MadeAgain | undefined;
    const run = Promise.resolve()
      .then(() => again(signal))
      .then(
        (result) => {
          made = result;
        },
        () => {},
      );
    if (!(await within(this.#parts.clock, timeoutMs, [run]))) {
      control.abort(new DOMException(`the check took longer than ${timeoutMs} ms`, 'TimeoutError'));
    }
    if (made === undefined || made.result === 'unknown') return unknown;
    if (made.result === 'succeeded') kept.hasSucceeded = true;
    this.#parts.onChecked?.(kept.call, made.result);
    if (made.line === null) return { ...unknown, result: made.result };
    return { result: made.result, line: made.line, signature: this.#parts.signatureOf(made.line) };
  }

  #find(id: string): Kept | undefined {
    return [...this.#kept.values()].find((kept) => kept.id === id);
  }

  #dropOld(): void {
    const oldest = this.#parts.clock.monotonic() - this.#maxAgeMs;
    for (const { key, at, checking } of this.#kept.values()) {
      if (at < oldest && checking === undefined) this.#kept.delete(key);
    }
  }
}
