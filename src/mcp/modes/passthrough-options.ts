import type { Writable } from 'node:stream';
import type { Config } from '../../config/schema.ts';
import type { Clock, Random } from '../../model/clock.ts';
import type { Redact } from '../../model/diagnosis.ts';
import type { UpstreamControl } from '../../model/fix.ts';
import type { HealerPort } from '../healing/healer-port.ts';
import type { ProxyLimits } from './options.ts';

/** What a proxy needs to stand between clients and a server that both speak HTTP. */
export interface ExchangeOptions {
  /** The server's own address. */
  readonly upstreamUrl: string;
  /** Headers that every request to the server has; they win over a client's own. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long a connection to the server may take to come about. */
  readonly connectTimeoutMs: number;
  /** @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** 0 for any free one. */
  readonly port: number;
  /** The bearer token that every request must bring; undefined if none is needed. */
  readonly token?: string | undefined;
  readonly http: Pick<Config['proxy']['http'], 'hosts' | 'origins' | 'maxSessions' | 'sessionIdleMs'>;
  /** Whether a fix renews a token that the proxy itself sends: a 401 is then its own concern, and not the client's. */
  readonly ownsToken: boolean;
  readonly createHealer: (control: UpstreamControl) => Promise<HealerPort & AsyncDisposable>;
  readonly limits: ProxyLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly redact: Redact;
  readonly stderr: Writable;
  /** Takes no more requests, and ends once those under way are answered. */
  readonly stop: AbortSignal;
  /** Ends at once. */
  readonly kill: AbortSignal;
  /** Told where the proxy is found once it listens. */
  readonly listening?: ((url: string) => void) | undefined;
}
