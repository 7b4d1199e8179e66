import { Socket } from 'node:net';

/** How long a server may take to respond, in ms; a connection that is idle is closed before. */
const silenceMs = 5_000;

/**
 * A socket that does not keep the process from ending while it waits for a response. It breaks if nothing comes for five
 * seconds, without a timer that would keep the process; a connection attempt keeps it for no longer.
 */
export class BackgroundSocket extends Socket {
  /** @param signal Breaks it. */
  constructor(signal: AbortSignal) {
    super({ signal });
    this.setTimeout(silenceMs);
    this.once('timeout', () => this.destroy(new Error(`no response for ${silenceMs / 1_000} s`)));
  }

  override connect(...args: unknown[]): this {
    (super.connect as (...given: unknown[]) => unknown)(...args);
    return this.unref();
  }
}
