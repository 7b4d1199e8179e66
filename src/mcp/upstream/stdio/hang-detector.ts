import type { Clock } from '../../../model/clock.ts';
import type { Liveness } from '../../relay/upstream-port.ts';

export interface HangDetectorPorts {
  readonly clock: Clock;
  readonly hangMs: number;
  /** The number of messages that the server has sent. */
  readonly messagesReceived: () => number;
  /** Whether messages can arrive: not while a server is started, or while the client does not read. */
  readonly isReading: () => boolean;
  /** Whether a response is due. */
  readonly hasOpen: () => boolean;
  /** Sends a request that every server can respond to at once. Rejects if the server is lost. */
  readonly checkLiveness: () => Promise<Liveness>;
  /** The server has been silent for this time, in ms, and has not responded to the check either. */
  readonly onHang: (silentMs: number) => void;
}

const checksPerWindow = 4;
/** A server that has only responded while it had nothing else to do may be silent for this many times `hangMs`. */
const serialFactor = 5;

/**
 * Detects that a server hangs: it has sent nothing for `hangMs` although a response is due, and has not responded to a
 * liveness check either. A server that is merely slow responds to the check. One that never does is left alone, and one
 * that handles one request at a time gets five times as long.
 *
 * Time is counted in checks: a machine that was suspended in between has done one.
 */
export class HangDetector {
  readonly #ports: HangDetectorPorts;
  #timer: unknown;
  #lastCount = 0;
  #silentChecks = 0;
  #isPending = false;
  #known: Liveness | undefined;
  #hasEnded = false;

  constructor(ports: HangDetectorPorts) {
    this.#ports = ports;
  }

  /** A message was sent to the server. */
  sent(): void {
    if (!this.#hasEnded) this.#schedule();
  }

  end(): void {
    this.#hasEnded = true;
    this.#ports.clock.clearTimeout(this.#timer);
  }

  #schedule(): void {
    const { clock, hangMs } = this.#ports;
    // A liveness check is itself a message that is sent, and must not add a timer.
    if (this.#timer !== undefined) return;
    this.#timer = clock.setTimeout(() => {
      this.#timer = undefined;
      this.#check();
    }, hangMs / checksPerWindow);
  }

  #check(): void {
    const { messagesReceived, isReading, hasOpen, onHang, hangMs } = this.#ports;
    if (this.#hasEnded) return;
    const isSilent = isReading() && hasOpen() && messagesReceived() === this.#lastCount;
    this.#lastCount = messagesReceived();
    this.#silentChecks = isSilent ? this.#silentChecks + 1 : 0;
    const max = this.#known === 'concurrent' ? checksPerWindow : checksPerWindow * serialFactor;
    if (this.#isPending && this.#known !== undefined && this.#silentChecks >= max) {
      this.#silentChecks = 0;
      onHang((max / checksPerWindow) * hangMs);
      return;
    }
    // The server's abilities should be known before they are needed.
    if (isReading() && !this.#isPending && (isSilent || this.#known === undefined)) void this.#checkLiveness();
    if (hasOpen()) this.#schedule();
  }

  async #checkLiveness(): Promise<void> {
    this.#isPending = true;
    try {
      const liveness = await this.#ports.checkLiveness();
      if (this.#known !== 'concurrent') this.#known = liveness;
    } catch {
      // That server is lost; the next one is checked later.
    } finally {
      this.#isPending = false;
    }
  }
}
