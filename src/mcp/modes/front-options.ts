import type { Config } from '../../config/schema.ts';
import type { ProxyOptions } from './options.ts';

/** What holds where clients come over HTTP; the defaults stand in the config schema, under `proxy.http`. */
export type HttpLimits = Omit<Config['proxy']['http'], 'tokenEnv'>;

/** What a proxy needs to serve a command to clients over HTTP. */
export interface ServeHttpOptions extends Omit<ProxyOptions, 'stdin' | 'stdout'> {
  /** @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** 0 for any free one. */
  readonly port: number;
  /** The bearer token that every request must bring; undefined if none is needed. */
  readonly token?: string | undefined;
  readonly http: HttpLimits;
  /** Told where the proxy is found once it listens. */
  readonly listening?: ((url: string) => void) | undefined;
}
