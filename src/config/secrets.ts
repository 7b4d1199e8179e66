import type { Config } from './schema.ts';

/** The exact values that a configuration declares to be secrets: of `secretEnv`, and of the variables with client secrets and with the proxy's own token. */
export const secretValues = (config: Config, env: NodeJS.ProcessEnv): string[] => {
  const names = [
    ...config.secretEnv,
    ...(config.proxy.http.tokenEnv === undefined ? [] : [config.proxy.http.tokenEnv]),
    ...(config.fixes.token_refresh ?? []).flatMap((entry) => entry.oauth?.clientSecretEnv ?? []),
  ];
  const values = names.flatMap((name) => env[name] ?? []).filter((value) => value.trim() !== '');
  return [...new Set(values)];
};
