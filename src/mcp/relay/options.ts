import type { Writable } from 'node:stream';
import type { Clock, Random } from '../../model/clock.ts';
import type { Redact } from '../../model/diagnosis.ts';
import type { UpstreamControl } from '../../model/fix.ts';
import type { HealerPort } from '../healing/healer-port.ts';

/** Limits of a proxy; their defaults are in the config schema, under `proxy`. */
export interface ProxyLimits {
  readonly maxLineBytes: number;
  readonly graceMs: number;
  readonly startTimeoutMs: number;
  /** How long calls in flight may go on before their server is restarted on purpose. */
  readonly drainMs: number;
  readonly maxRestarts: number;
  readonly restartWindowMs: number;
  readonly progressEveryMs: number;
  /** How long a server may be silent; false or undefined for no limit. */
  readonly hangMs?: number | false | undefined;
  /** Timeout of a first attempt; undefined for no limit. */
  readonly attemptTimeoutMs?: number | undefined;
  /** Whether the server starts only when it is needed, if its responses of last time are known. */
  readonly lazy?: boolean | undefined;
  /** A server that is not used for this long is stopped until it is needed; undefined for never. */
  readonly idleStopMs?: number | undefined;
  /** How long open calls may go on after the client has ended its input. */
  readonly deadlineMs: number;
}

/** What every session of a proxy needs. */
export interface SessionOptions {
  readonly createHealer: (control: UpstreamControl) => Promise<HealerPort & AsyncDisposable>;
  readonly limits: ProxyLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly stderr: Writable;
  readonly redact: Redact;
}

/** What every proxy needs. */
export interface ProxyOptions extends SessionOptions {
  /** Ends the server and then the proxy, with the usual grace. */
  readonly stop: AbortSignal;
  /** Ends them at once. */
  readonly kill: AbortSignal;
  /** Sets what restarts the servers on request, as by SIGHUP. */
  readonly onRestart?: ((restart: () => void) => void) | undefined;
}
