import type { Clock } from '../../../model/clock.ts';

/** What is to be reminded that time has passed. */
export interface Beating {
  beat(): void;
}

/** One timer for all streams, which runs while there are any. */
export class Pulse {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #members = new Set<Beating>();
  #timer: unknown;

  constructor(clock: Clock, everyMs: number) {
    this.#clock = clock;
    this.#everyMs = everyMs;
  }

  join(member: Beating): void {
    this.#members.add(member);
    this.#timer ??= this.#clock.setTimeout(() => this.#beat(), this.#everyMs);
  }

  leave(member: Beating): void {
    this.#members.delete(member);
  }

  stop(): void {
    this.#members.clear();
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #beat(): void {
    this.#timer = undefined;
    for (const member of [...this.#members]) member.beat();
    if (this.#members.size > 0) this.#timer = this.#clock.setTimeout(() => this.#beat(), this.#everyMs);
  }
}
