import { HealError } from '../../errors.ts';
import { CallCount } from '../../healer/attempt.ts';
import type { FirstAttempt } from '../../healer/healer.ts';
import type { Clock } from '../../model/clock.ts';
import type { ToolAnnotations } from '../../model/run.ts';
import type { Message } from '../jsonrpc/message.ts';
import { parseSpan, type Span } from '../jsonrpc/raw-json.ts';
import type { ServerListCache } from '../protocol/server-lists.ts';
import type { HealerPort } from './healer-port.ts';
import { argumentsOf, isFinalResult, type ToolCall } from './tool-call.ts';

/** Maximum number of calls that timed out and whose late responses are still recognised. */
const maxLate = 1_000;

/** Longer arguments are not parsed to tell which failing call has succeeded: they are not told apart either way. */
const maxCountedBytes = 32_768;

const begin = '{"content":[{"type":"text","text":"';
const ends = ['"}]}', '"}],"isError":false}'];
const quote = 0x22;

/**
 * The text of a result that is a single text as most servers write it. Undefined for all other results, also for a text
 * with escapes. Saves parsing a healthy response, which is most of the cost of judging it. Control characters, which JSON
 * does not allow in a string, are not checked: such a response passes unchanged either way.
 */
export const singleTextOf = (bytes: Buffer, { start, end }: Span): string | undefined => {
  const first = start + begin.length;
  if (bytes.toString('latin1', start, Math.min(first, end)) !== begin) return undefined;
  const last = bytes.indexOf(quote, first);
  if (last === -1 || last >= end || !ends.includes(bytes.toString('latin1', last, end))) return undefined;
  const text = bytes.toString('utf8', first, last);
  return text.includes('\\') ? undefined : text;
};

export interface CallGateOptions {
  readonly healer: HealerPort;
  readonly clock: Clock;
  /** Timeout of a first attempt; undefined for no limit. */
  readonly attemptTimeoutMs: number | undefined;
  /** Maximum duration of a call together with its healing. */
  readonly deadlineMs: number;
}

/** What is known of a first attempt that was sent. */
export type SentAttempt = Pick<FirstAttempt, 'calls' | 'sentAnnotations'>;

/** Decides of the first attempt of each call whether it passes, or has failed and is healed. */
export class CallGate {
  readonly #options: CallGateOptions;
  readonly #timers = new Map<ToolCall, unknown>();
  readonly #late = new Set<string>();
  /** The first attempts that were sent more than once. */
  readonly #calls = new WeakMap<ToolCall, CallCount>();
  readonly #sentAnnotations = new WeakMap<ToolCall, ToolAnnotations>();

  constructor(options: CallGateOptions) {
    this.#options = options;
  }

  /** Whether a response passes to the client unchanged; if not, it is a failure to heal. Counts healthy results. */
  passes(call: ToolCall, { bytes, result }: Message): boolean {
    const { healer } = this.#options;
    if (result === undefined) return false;
    const text = singleTextOf(bytes, result);
    if (text === undefined || !healer.looksHealthy({ content: [{ type: 'text', text }] })) {
      const value = parseSpan(bytes, result);
      // A result that does not end the call is not judged.
      if (value === undefined || !isFinalResult(value)) return true;
      if (!healer.looksHealthy(value)) return false;
    }
    if (healer.hasOpenFailure?.(call.tool)) healer.countHealthy(call.tool, argumentsOf(call, maxCountedBytes));
    else healer.countHealthy(call.tool);
    return true;
  }

  /** The first attempt is sent: times it. @param onTimeout Called with the reason, unless the timer is stopped before. */
  startTimer(call: ToolCall, lists: ServerListCache, onTimeout: (reason: string) => void): void {
    const { clock, healer } = this.#options;
    const known = call.annotations ?? lists.knownAnnotationsOf(call.tool);
    if (known !== undefined) this.#sentAnnotations.set(call, known);
    const { timeoutMs: attemptTimeoutMs = this.#options.attemptTimeoutMs } = healer.limitsOf?.(call.tool) ?? {};
    this.#late.delete(call.key);
    if (attemptTimeoutMs === undefined) return;
    const expire = (): void => {
      this.#timers.delete(call);
      this.#late.add(call.key);
      const [oldest] = this.#late;
      if (this.#late.size > maxLate && oldest !== undefined) this.#late.delete(oldest);
      onTimeout(`no response within ${attemptTimeoutMs} ms`);
    };
    this.#timers.set(call, clock.setTimeout(expire, attemptTimeoutMs));
  }

  stopTimer(call: ToolCall): void {
    const timer = this.#timers.get(call);
    if (timer === undefined) return;
    this.#options.clock.clearTimeout(timer);
    this.#timers.delete(call);
  }

  /** Whether this is the late response to a call that timed out; it is forgotten then. */
  takeLate(key: string): boolean {
    return this.#late.delete(key);
  }

  /** Whether first attempts that certainly were not carried out may be sent again, all or none; counts them if so. */
  takeCalls(calls: readonly ToolCall[]): boolean {
    const { healer } = this.#options;
    const counts = calls.map((call) => {
      const { attempts = healer.attempts } = healer.limitsOf?.(call.tool) ?? {};
      const count = this.#calls.get(call) ?? new CallCount(attempts, 1);
      this.#calls.set(call, count);
      return count;
    });
    if (counts.some(({ left }) => left <= 0)) return false;
    for (const count of counts) count.take();
    return true;
  }

  /** How often a first attempt was sent, and the annotations that its tool had then, if they were known. */
  sentOf(call: ToolCall): SentAttempt {
    return { calls: this.#calls.get(call)?.made ?? 1, sentAnnotations: this.#sentAnnotations.get(call) };
  }

  /**
   * The annotations of the tool. The server may take half of the time that is left; the rest is for healing.
   *
   * @param isRetry Whether a retry depends on them: those of a server that is gone do not count then.
   */
  annotationsOf(
    { annotations, startedAt, tool }: ToolCall,
    lists: ServerListCache,
    isRetry = false,
  ): ToolAnnotations | undefined | Promise<ToolAnnotations | undefined> {
    const { clock, healer } = this.#options;
    const { deadlineMs = this.#options.deadlineMs } = healer.limitsOf?.(tool) ?? {};
    if (annotations !== undefined) return annotations;
    const maxWaitMs = Math.max(0, deadlineMs - (clock.monotonic() - startedAt)) / 2;
    return isRetry ? lists.currentAnnotationsOf(tool, maxWaitMs) : lists.annotationsOf(tool, maxWaitMs);
  }
}

/** The failure of a first attempt that timed out. */
export const attemptTimeout = ({ tool }: ToolCall, reason: string): HealError =>
  new HealError('ATTEMPT_TIMEOUT', `${tool} timed out: ${reason}`);
