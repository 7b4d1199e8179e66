import type { Clock } from '../../../model/clock.ts';

export interface IdleStopPorts {
  readonly clock: Clock;
  readonly idleMs: number;
  /** The number of messages that the server has sent. */
  readonly messagesReceived: () => number;
  /** Whether nothing is open, and the client has no subscription. */
  readonly isQuiet: () => boolean;
  readonly stop: () => void;
}

/** Stops a server that nobody has used for a time. Pings and their responses are no use. */
export class IdleStop {
  readonly #ports: IdleStopPorts;
  #timer: unknown;
  #sent = 0;
  #pings = 0;
  #last = -1;
  #hasEnded = false;

  constructor(ports: IdleStopPorts) {
    this.#ports = ports;
  }

  /** A message was sent to the server, or the server was started. */
  sent(isPing = false): void {
    if (isPing) this.#pings += 1;
    else this.#sent += 1;
    this.#schedule();
  }

  end(): void {
    this.#hasEnded = true;
    this.#ports.clock.clearTimeout(this.#timer);
  }

  get #activity(): number {
    return this.#sent + this.#ports.messagesReceived() - this.#pings;
  }

  #schedule(): void {
    if (this.#hasEnded || this.#timer !== undefined) return;
    const { clock, idleMs } = this.#ports;
    this.#last = this.#activity;
    this.#timer = clock.setTimeout(() => {
      this.#timer = undefined;
      this.#check();
    }, idleMs);
  }

  #check(): void {
    const { isQuiet, stop } = this.#ports;
    if (this.#activity === this.#last && isQuiet()) stop();
    else this.#schedule();
  }
}
