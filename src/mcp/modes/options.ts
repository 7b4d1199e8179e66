import type { Readable, Writable } from 'node:stream';
import type { Clock, Random } from '../../model/clock.ts';
import type { Redact } from '../../model/diagnosis.ts';
import type { UpstreamControl } from '../../model/fix.ts';
import type { HealerPort } from '../healing/healer-port.ts';
import type { ChildServer } from '../upstream/stdio/child-server.ts';

/** Limits of a proxy; their defaults stand in the config schema, under `proxy`. */
export interface ProxyLimits {
  readonly maxLineBytes: number;
  readonly graceMs: number;
  readonly startTimeoutMs: number;
  /** How long calls in flight may go on before their server is started anew on purpose. */
  readonly drainMs: number;
  readonly maxRestarts: number;
  readonly restartWindowMs: number;
  readonly progressEveryMs: number;
  /** How long a server may do nothing at all; false or undefined for ever. */
  readonly hangMs?: number | false | undefined;
  /** How long a first attempt may take; undefined for as long as it wants. */
  readonly attemptTimeoutMs?: number | undefined;
  /** How long open calls may go on after the client has ended its input. */
  readonly deadlineMs: number;
}

export interface ProxyOptions {
  /** The server's program and its arguments. */
  readonly command: readonly string[];
  /** The server, where it has been started already; it is the caller's to end it where the proxy does not come to run. */
  readonly started?: Promise<ChildServer> | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly createHealer: (control: UpstreamControl) => Promise<HealerPort & AsyncDisposable>;
  readonly limits: ProxyLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly redact: Redact;
  /** Ends the server and then the proxy, with the usual grace. */
  readonly stop: AbortSignal;
  /** Kills the server at once. */
  readonly kill: AbortSignal;
}

/** Options of a proxy whose server is behind a URL. */
export interface UrlProxyOptions extends Omit<ProxyOptions, 'command' | 'started'> {
  readonly upstreamUrl: string;
  /** Headers that every request to it has. */
  readonly headers: Readonly<Record<string, string>>;
  /** Timeout for connecting to it. */
  readonly connectTimeoutMs: number;
}
