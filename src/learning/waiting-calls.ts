import type { Clock } from '../model/clock.ts';
import type { DiagnosisClass } from '../model/terms.ts';
import { Cancellation, listen, signalOf, unlisten } from '../platform/cancellation.ts';
import { unrefClock } from '../platform/unref-clock.ts';
import { within } from '../platform/wait.ts';
import type { DigestArgs } from './args-digest.ts';
import { printOf } from './args-print.ts';
import { argsKeyOf, isWithinBytes } from './call-key.ts';
import type { CheckResult, Signature } from './model.ts';
import { RepairRunningError } from './repair-running.ts';

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
  /** Makes the call again; undefined unless its tool is read-only. */
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
  /** Whether the call can be made again for a check: only if its tool is read-only, and its arguments take at most 64 KiB. */
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
  /** Makes digests of arguments; null if nothing does. */
  readonly digestArgs: DigestArgs | null;
  /** Called with the first call that can be made again. */
  readonly onFirst?: (() => void) | undefined;
  /** Told what a check has found, unless it is unknown. */
  readonly onChecked?: ((call: Pick<FailedCall, 'tool' | 'args'>, result: CheckResult) => void) | undefined;
  /** @default 16 */
  readonly maxCalls?: number | undefined;
  /** @default 1800000 */
  readonly maxAgeMs?: number | undefined;
  /** What the arguments of one call may take; of a larger one nothing is kept with which it could be made again. @default 65536 */
  readonly maxBytes?: number | undefined;
  /** Takes the lock of a repair on this machine. @default only this process is locked */
  readonly lockRepair?: ((sig: string) => Promise<() => Promise<void>>) | undefined;
  /** Drops old calls in time. @default clock */
  readonly timers?: Clock | undefined;
}

type KeptCall = { -readonly [Name in keyof OpenFailure]: OpenFailure[Name] } & {
  key: string;
  argsKey: string;
  /** Cheaper to compare than the key. */
  print: number | null;
  /** Undefined if they are not known, or too large. */
  args: FailedCall['args'];
  again: FailedCall['again'];
  /** When it failed last, on the monotonic clock. */
  at: number;
  checking?: Promise<CheckReport> | undefined;
  /** When it was last checked, on the monotonic clock. */
  checkedAt: number;
  /** Whether it has been seen to succeed: it waits no more, but while it is being repaired it can still be checked. */
  hasSucceeded: boolean;
};

const defaultMaxCalls = 16;
const defaultMaxAgeMs = 30 * 60_000;
const defaultMaxBytes = 65_536;
/** How long after a check the next one of the same repair may come, in ms: the command runs in between. */
const repairMs = 5 * 60_000;

const unknown: CheckReport = { result: 'unknown', signature: null, line: null };
const over: CheckReport = { ...unknown, isOver: true };

/**
 * The calls that failed last and have not been seen to succeed, so that a repair can be checked by making them again: the 16 newest of the
 * last 30 minutes. Their arguments stay in this process. Only a call of a read-only tool is ever made again: a write that is idempotent
 * would still undo what its caller has done since. Any other call is only listed.
 */
export class WaitingCalls {
  readonly #parts: WaitingCallsParts;
  readonly #maxCalls: number;
  readonly #maxAgeMs: number;
  readonly #maxBytes: number;
  /** The one that failed longest ago first. */
  readonly #kept = new Map<string, KeptCall>();
  readonly #timers: Clock;
  #timer: unknown;
  #made = 0;
  readonly #repairs = new Set<string>();
  #isOffered = false;
  #isClosed = false;
  readonly #cancellation = new Cancellation();

  constructor(parts: WaitingCallsParts) {
    this.#parts = parts;
    this.#maxCalls = parts.maxCalls ?? defaultMaxCalls;
    this.#maxAgeMs = parts.maxAgeMs ?? defaultMaxAgeMs;
    this.#maxBytes = parts.maxBytes ?? defaultMaxBytes;
    this.#timers = unrefClock(parts.timers ?? parts.clock);
  }

  /** Number of calls that are kept. While it is 0, a success has nothing to tell. */
  get size(): number {
    return this.#kept.size;
  }

  add(call: FailedCall): void {
    if (this.#isClosed) return;
    this.#dropOld();
    const { tool, line } = call;
    const signature = this.#parts.signatureOf(line);
    const isSmall = isWithinBytes(call.args, this.#maxBytes);
    const again = isSmall ? call.again : undefined;
    const argsKey = argsKeyOf(call.args, this.#maxBytes);
    const key = `${signature.id}\0${argsKey}\0${tool}`;
    const earlier = this.#kept.get(key);
    const isSame = earlier !== undefined && !earlier.hasSucceeded;
    // Its id stays: a repair may be about to check it.
    const kept = earlier ?? { id: String(++this.#made), checkedAt: Number.NEGATIVE_INFINITY };
    this.#kept.delete(key);
    this.#kept.set(
      key,
      Object.assign(kept, {
        ...{ tool, signature, class: call.class, line, key, argsKey, print: printOf(call.args), again },
        ...{ args: isSmall ? call.args : undefined, canCheck: again !== undefined },
        ...{ since: isSame ? earlier.since : call.since, at: this.#now(), hasSucceeded: false },
      }),
    );
    this.#dropSurplus();
    this.#dropLater();
    if (again === undefined || this.#isOffered) return;
    this.#isOffered = true;
    this.#parts.onFirst?.();
  }

  /** A call has succeeded: the same one waits no more. */
  succeeded(tool: string, args: FailedCall['args']): void {
    let print: number | null | undefined;
    let argsKey: string | undefined;
    for (const kept of this.#kept.values()) {
      if (kept.tool !== tool) continue;
      if (print === undefined) print = printOf(args);
      // Arguments that are too large have no key: such a call is the same as any other of its tool.
      if (kept.argsKey !== '' && kept.print !== print) continue;
      argsKey ??= argsKeyOf(args, this.#maxBytes);
      if (kept.argsKey !== argsKey) continue;
      kept.hasSucceeded = true;
      if (!this.#isInRepair(kept)) this.#kept.delete(kept.key);
    }
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
  digestOf(id: string): string | null {
    const kept = this.#find(id);
    return kept === undefined ? null : (this.#parts.digestArgs?.(kept.args) ?? null);
  }

  /** Makes a call again. `unknown` if it is not there, may not be made again, or takes longer than `timeoutMs`. Never rejects. */
  async check(id: string, timeoutMs: number): Promise<CheckReport> {
    this.#dropOld();
    const kept = this.#find(id);
    if (kept?.again === undefined || this.#isClosed) return over;
    // Two that ask at once share one call.
    kept.checking ??= this.#check(kept, kept.again, timeoutMs);
    return kept.checking;
  }

  /**
   * Runs a repair of a failure as the only one of this machine.
   *
   * @throws RepairRunningError if another one runs.
   */
  async repairing<T>(sig: string, work: () => Promise<T>): Promise<T> {
    if (this.#repairs.has(sig)) throw new RepairRunningError(sig, 'in this process');
    this.#repairs.add(sig);
    try {
      const end = await this.#parts.lockRepair?.(sig).catch((error: unknown) => {
        if (error instanceof RepairRunningError) throw error;
        // Without a state folder, no other process finds the failure either.
        return undefined;
      });
      try {
        return await work();
      } finally {
        await end?.();
      }
    } finally {
      this.#repairs.delete(sig);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#kept.clear();
    this.#timers.clearTimeout(this.#timer);
    this.#cancellation.abort(new DOMException('the healer was closed', 'AbortError'));
  }

  async #check(kept: KeptCall, again: NonNullable<FailedCall['again']>, timeoutMs: number): Promise<CheckReport> {
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
    let onClosed = (): void => {};
    const closed = new Promise<void>((resolve) => {
      onClosed = resolve;
      listen(this.#cancellation, onClosed);
    });
    if (!(await within(this.#parts.clock, timeoutMs, [run, closed]))) {
      control.abort(new DOMException(`the check took longer than ${timeoutMs} ms`, 'TimeoutError'));
    }
    unlisten(this.#cancellation, onClosed);
    kept.checking = undefined;
    kept.checkedAt = this.#now();
    if (made === undefined || made.result === 'unknown' || this.#isClosed) return unknown;
    const { result, line } = made;
    const signature = line === null ? null : this.#parts.signatureOf(line);
    if (result === 'succeeded') this.succeeded(kept.tool, kept.args);
    // A call that fails in another way says nothing of this failure.
    if (signature === null || signature.id === kept.signature.id) this.#parts.onChecked?.(kept, result);
    return { result, line, signature };
  }

  #find(id: string): KeptCall | undefined {
    return [...this.#kept.values()].find((kept) => kept.id === id);
  }

  #now(): number {
    return this.#parts.clock.monotonic();
  }

  #isInRepair({ checking, checkedAt }: KeptCall): boolean {
    return checking !== undefined || this.#now() - checkedAt < repairMs;
  }

  /** Drops those that failed longest ago, but none that is being repaired unless all are. */
  #dropSurplus(): void {
    while (this.#kept.size > this.#maxCalls) {
      const calls = [...this.#kept.values()];
      const oldest = calls.find((kept) => !this.#isInRepair(kept)) ?? calls[0];
      if (oldest !== undefined) this.#kept.delete(oldest.key);
    }
  }

  #dropOld(): void {
    const oldest = this.#now() - this.#maxAgeMs;
    for (const kept of this.#kept.values()) {
      if ((kept.at <= oldest || kept.hasSucceeded) && !this.#isInRepair(kept)) this.#kept.delete(kept.key);
    }
  }

  /** Drops what is old also if nothing fails again. */
  #dropLater(): void {
    this.#timer ??= this.#timers.setTimeout(() => {
      this.#timer = undefined;
      this.#dropOld();
      if (this.#kept.size > 0) this.#dropLater();
    }, this.#leftMs());
  }

  /** Until the first of them may be dropped, in ms. */
  #leftMs(): number {
    const [first] = this.#kept.values();
    return Math.max(1_000, (first?.at ?? 0) + this.#maxAgeMs - this.#now());
  }
}
