import { EnvProxy, hasEnvProxy } from '../../platform/env-proxy.ts';

/** The proxy that the environment names; undefined if it names none. */
export const envProxyOf = ({
  env = {},
  connectTimeoutMs,
}: {
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly connectTimeoutMs: number;
}): EnvProxy | undefined => (hasEnvProxy(env) ? new EnvProxy(env, connectTimeoutMs) : undefined);
