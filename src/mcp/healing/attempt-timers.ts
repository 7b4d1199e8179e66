import type { Clock } from '../../model/clock.ts';
import type { ToolCall } from './tool-call.ts';

/** How many calls are remembered that were given up and whose answers may still come. */
const mostLate = 1_000;

/** Times the first attempts of calls, where the config limits them, and remembers those that were given up. */
export class AttemptTimers {
  readonly #clock: Clock;
  readonly #timeoutMs: number | undefined;
  readonly #timers = new Map<ToolCall, unknown>();
  readonly #late = new Set<string>();

  constructor(clock: Clock, timeoutMs: number | undefined) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /** @param giveUp Called with the time that was allowed, in ms, unless the call is stopped before. */
  start(call: ToolCall, giveUp: (timeoutMs: number) => void): void {
    const timeoutMs = this.#timeoutMs;
    this.#late.delete(call.key);
    if (timeoutMs === undefined) return;
    const late = (): void => {
      this.#timers.delete(call);
      this.#late.add(call.key);
      const [oldest] = this.#late;
      if (this.#late.size > mostLate && oldest !== undefined) this.#late.delete(oldest);
      giveUp(timeoutMs);
    };
    this.#timers.set(call, this.#clock.setTimeout(late, timeoutMs));
  }

  stop(call: ToolCall): void {
    const timer = this.#timers.get(call);
    if (timer === undefined) return;
    this.#clock.clearTimeout(timer);
    this.#timers.delete(call);
  }

  /** Whether this is the late answer to a call that was given up; it is then forgotten. */
  takeLate(key: string): boolean {
    return this.#late.delete(key);
  }
}
