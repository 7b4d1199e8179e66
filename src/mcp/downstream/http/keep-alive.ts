import type { Clock } from '../../../model/clock.ts';

/** Anything that needs a regular tick. */
export interface Tickable {
  tick(): void;
}

/** One timer for all streams. Runs only while there are streams. */
export class KeepAlive {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #members = new Set<Tickable>();
  #timer: unknown;

  constructor(clock: Clock, everyMs: number) {
    this.#clock = clock;
    this.#everyMs = everyMs;
  }

  join(member: Tickable): void {
    this.#members.add(member);
    this.#timer ??= this.#clock.setTimeout(() => this.#tick(), this.#everyMs);
  }

  leave(member: Tickable): void {
    this.#members.delete(member);
  }

  stop(): void {
    this.#members.clear();
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    this.#timer = undefined;
    for (const member of [...this.#members]) member.tick();
    if (this.#members.size > 0) this.#timer = this.#clock.setTimeout(() => this.#tick(), this.#everyMs);
  }
}
