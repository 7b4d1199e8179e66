import type { Clock } from '../../../model/clock.ts';

/** Where a question of healflow's own has brought a server to light. */
export type Liveness =
  /** It has answered. */
  | 'answers'
  /** It has answered though it had not finished what it was asked before: it can do two things at once. */
  | 'answers_meanwhile';

export interface HangWatchPorts {
  readonly clock: Clock;
  readonly hangMs: number;
  /** How many messages have come from the server by now. */
  readonly messagesReceived: () => number;
  /** Whether there is a server that could be heard: not while one is started, or the client takes nothing more. */
  readonly listens: () => boolean;
  /** Whether something is expected of it. */
  readonly waits: () => boolean;
  /** Asks what every server can answer at once. Rejects where the server is lost. */
  readonly ask: () => Promise<Liveness>;
  /** The server has been silent for so long, in ms, and leaves the question open, too. */
  readonly hung: (silentMs: number) => void;
}

/** So many looks make up `hangMs`. */
const checksPerWindow = 4;
/** How much longer a server may be silent that has only ever answered when it had nothing else to do. */
const serialFactor = 5;

/**
 * Finds out that a server no longer does anything: it has said nothing for `hangMs` though something is expected of it, and
 * leaves a question of healflow's own open as well. A server that is merely slow answers that question. One that never
 * does is left alone, and one that works on one thing at a time gets five times as long.
 *
 * Time is counted in looks: a machine that was asleep in between has seen one.
 */
export class HangDetector {
  readonly #ports: HangWatchPorts;
  #timer: unknown;
  #heard = 0;
  #silentLooks = 0;
  #isAsking = false;
  #known: Liveness | undefined;
  #over = false;

  constructor(ports: HangWatchPorts) {
    this.#ports = ports;
  }

  /** Something was sent to the server. */
  sent(): void {
    if (this.#timer === undefined && !this.#over) this.#lookLater();
  }

  /** Ends the watch for good. */
  end(): void {
    this.#over = true;
    this.#ports.clock.clearTimeout(this.#timer);
  }

  #lookLater(): void {
    const { clock, hangMs } = this.#ports;
    // A question of healflow's own is sent in the middle of a look, and must not add another one.
    if (this.#timer !== undefined) return;
    this.#timer = clock.setTimeout(() => {
      this.#timer = undefined;
      this.#look();
    }, hangMs / checksPerWindow);
  }

  #look(): void {
    const { messagesReceived, listens, waits, hung, hangMs } = this.#ports;
    if (this.#over) return;
    const isSilent = listens() && waits() && messagesReceived() === this.#heard;
    this.#heard = messagesReceived();
    this.#silentLooks = isSilent ? this.#silentLooks + 1 : 0;
    const most = this.#known === 'answers_meanwhile' ? checksPerWindow : checksPerWindow * serialFactor;
    if (this.#isAsking && this.#known !== undefined && this.#silentLooks >= most) {
      this.#silentLooks = 0;
      hung((most / checksPerWindow) * hangMs);
      return;
    }
    // What a server can do is known best before it is needed.
    if (listens() && !this.#isAsking && (isSilent || this.#known === undefined)) void this.#ask();
    if (waits()) this.#lookLater();
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    try {
      const answer = await this.#ports.ask();
      if (this.#known !== 'answers_meanwhile') this.#known = answer;
    } catch {
      // That server is lost, and another one is asked at another time.
    } finally {
      this.#isAsking = false;
    }
  }
}
