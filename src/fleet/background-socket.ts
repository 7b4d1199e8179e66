import { Socket } from 'node:net';

/** How long a server may take to respond, in ms; a connection that is idle is closed before. */
const silenceMs = 5_000;

/**
 * A socket that never keeps the process from ending, not even while it connects or waits for a response. It breaks if
 * nothing comes for five seconds, without a timer that would keep the process.
 */
export class BackgroundSocket extends Socket {
  constructor() {
    super();
    this.setTimeout(silenceMs);
    this.once('timeout', () => this.destroy(new Error(`no response for ${silenceMs / 1_000} s`)));
  }

  override connect(...args: unknown[]): this {
    (super.connect as (...given: unknown[]) => unknown)(...args);
    return this.unref();
  }
}
