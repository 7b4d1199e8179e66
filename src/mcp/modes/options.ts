import type { Config } from '../../config/schema.ts';
import type { StdioClientOptions } from '../downstream/stdio/client.ts';
import type { ProxyOptions } from '../relay/options.ts';
import type { StdioUpstreamOptions } from '../upstream/stdio/upstream.ts';

/** A server that the proxy starts. */
export type CommandOptions = Pick<StdioUpstreamOptions, 'command' | 'env' | 'cacheFile' | 'stdoutNoise'>;

/** A server behind a URL. */
export interface UrlOptions {
  readonly upstreamUrl: string;
  /** Headers of every request to it; they win over a client's own. */
  readonly headers: Readonly<Record<string, string>>;
  /** Maximum time to connect to it. */
  readonly connectTimeoutMs: number;
  /** The environment, which may name a proxy. @default {} */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** Limits for clients over HTTP; their defaults are in the config schema, under `proxy.http`. */
export type HttpLimits = Omit<Config['proxy']['http'], 'tokenEnv'>;

/** Options of a proxy that listens for clients. */
export interface ListenOptions extends ProxyOptions {
  /** @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** 0 for any free port. */
  readonly port: number;
  /** The bearer token that every request must bring; undefined if none is needed. */
  readonly token?: string | undefined;
  /** Called with the URL of the proxy when it listens. */
  readonly listening?: ((url: string) => void) | undefined;
}

/** The caller ends a server that was started already if the proxy does not get to run. */
export interface StdioToStdioOptions
  extends StdioClientOptions,
    CommandOptions,
    Pick<StdioUpstreamOptions, 'started'> {}

export interface StdioToHttpOptions extends StdioClientOptions, UrlOptions {}

export interface HttpToStdioOptions extends ListenOptions, CommandOptions {
  readonly http: HttpLimits;
}

export interface HttpToHttpOptions extends ListenOptions, UrlOptions {
  readonly http: Pick<HttpLimits, 'hosts' | 'origins' | 'maxSessions' | 'sessionIdleMs'>;
  /** Whether a fix renews a token that the proxy itself sends: a 401 then concerns the proxy, not the client. */
  readonly ownsToken: () => boolean;
}
