import type { HrTime } from '@opentelemetry/api';
import type { Clock } from '../model/clock.ts';

/** Turns times of the monotonic clock into those of the calendar, by how the two stand at one moment. */
export class Timeline {
  readonly #clock: Clock;
  readonly #offset: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offset = clock.now() - clock.monotonic();
  }

  /** Seconds and nanoseconds since the epoch; now by default. */
  at(monotonic = this.#clock.monotonic()): HrTime {
    const ms = this.#offset + monotonic;
    const seconds = Math.floor(ms / 1_000);
    return [seconds, Math.round((ms - seconds * 1_000) * 1e6)];
  }

  /** How long ago that was, in seconds, as durations are measured. */
  secondsSince(monotonic: number): number {
    return Math.max(0, this.#clock.monotonic() - monotonic) / 1_000;
  }
}
