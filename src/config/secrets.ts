import { literalSecrets } from './literal-secrets.ts';
import type { Config } from './schema.ts';
import { variablesIn } from './upstream-headers.ts';

/**
 * The exact values that a configuration declares to be secrets: of `secretEnv`, and of the variables with client secrets,
 * with the proxy's own token, the URL of the fleet's database and in headers; and the secrets that stand in it as they are.
 */
export const secretValues = (config: Config, env: NodeJS.ProcessEnv): string[] => {
  const names = [
    ...config.secretEnv,
    ...(config.proxy.http.tokenEnv === undefined ? [] : [config.proxy.http.tokenEnv]),
    ...Object.values(config.proxy.headers).flatMap(variablesIn),
    ...(config.fleet === undefined ? [] : [config.fleet.urlEnv]),
    ...(config.fixes.token_refresh ?? []).flatMap((entry) => entry.oauth?.clientSecretEnv ?? []),
  ];
  const values = names.flatMap((name) => env[name] ?? []).filter((value) => value.trim() !== '');
  return [...new Set([...values, ...literalSecrets(config, env)])];
};
