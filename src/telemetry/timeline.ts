import type { HrTime } from '@opentelemetry/api';
import type { Clock } from '../model/clock.ts';

/** Converts times of the monotonic clock to wall-clock times, by their offset at one moment. */
export class Timeline {
  readonly #clock: Clock;
  readonly #offset: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offset = clock.now() - clock.monotonic();
  }

  /** Returns seconds and nanoseconds since the epoch. @default now */
  at(monotonic = this.#clock.monotonic()): HrTime {
    const ms = this.#offset + monotonic;
    const seconds = Math.floor(ms / 1_000);
    return [seconds, Math.round((ms - seconds * 1_000) * 1e6)];
  }

  /** Returns the elapsed time in seconds. */
  secondsSince(monotonic: number): number {
    return Math.max(0, this.#clock.monotonic() - monotonic) / 1_000;
  }
}
