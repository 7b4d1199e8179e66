import type { ClientAuth, Configuration, CustomFetch } from 'openid-client';
import type { z } from 'zod';
import type { tokenRefreshSchema } from '../config/fix-schema.ts';
import { EnvProxy, hasEnvProxy } from '../platform/env-proxy.ts';
import { errorText } from '../text/error-text.ts';

export type OauthEntry = NonNullable<z.output<typeof tokenRefreshSchema>['oauth']>;
type Library = typeof import('openid-client');

/** The token response. RFC 6749, section 5.1 */
export interface Tokens {
  readonly access_token: string;
  readonly refresh_token?: string | undefined;
  /** In seconds. */
  readonly expires_in?: number | undefined;
}

/** An authorization server whose metadata is known. */
export interface OauthClient {
  /** Sends one refresh request. */
  refresh(refreshToken: string, signal: AbortSignal): Promise<Tokens>;
}

const isLoopback = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);

/** Checks that secrets may be sent to a URL: https, or http to this machine. */
const checkUrl = (url: URL): URL => {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) return url;
  throw new Error(`${url.origin} must be https: only servers of this machine are asked without encryption`);
};

const fetchWithin =
  (signal: AbortSignal): CustomFetch =>
  (url, { signal: own, ...options }) => {
    const init = { ...(options as RequestInit), signal: own ? AbortSignal.any([own, signal]) : signal };
    if (!hasEnvProxy(process.env)) return fetch(url, init);
    envProxy ??= new EnvProxy(process.env);
    return envProxy.fetch(url, init);
  };

/** The proxy of this process, if the environment names one. */
let envProxy: EnvProxy | undefined;

/**
 * Leaves the ID token out of a response. It is not used here, and one that cannot be verified must not cost
 * the new refresh token that came with it: the old one is used up.
 */
const withoutIdToken = async (response: Response): Promise<Response> => {
  if (response.status !== 200) return response;
  const text = await response.text();
  const { status, headers } = response;
  try {
    const { id_token: _unused, ...rest } = JSON.parse(text);
    return new Response(JSON.stringify(rest), { status, headers });
  } catch {
    return new Response(text, { status, headers });
  }
};

const configure = async (
  library: Library,
  entry: OauthEntry,
  auth: ClientAuth,
  signal: AbortSignal,
): Promise<Configuration> => {
  const { issuer, tokenEndpoint, clientId } = entry;
  const secure = checkUrl(new URL(tokenEndpoint ?? issuer ?? '')).protocol === 'https:';
  if (tokenEndpoint !== undefined) {
    const server = { issuer: issuer ?? new URL(tokenEndpoint).origin, token_endpoint: tokenEndpoint };
    const configuration = new library.Configuration(server, clientId, undefined, auth);
    if (!secure) library.allowInsecureRequests(configuration);
    return configuration;
  }
  const discover = (algorithm: 'oidc' | 'oauth2'): Promise<Configuration> =>
    library.discovery(new URL(issuer ?? ''), clientId, undefined, auth, {
      algorithm,
      [library.customFetch]: fetchWithin(signal),
      ...(secure ? {} : { execute: [library.allowInsecureRequests] }),
    });
  // OpenID Connect Discovery 1.0, else RFC 8414.
  const configuration = await discover('oidc').catch((error) => discover('oauth2').catch(() => Promise.reject(error)));
  const endpoint = configuration.serverMetadata().token_endpoint;
  if (endpoint === undefined) throw new Error(`the metadata of ${issuer} name no token endpoint`);
  checkUrl(new URL(endpoint));
  return configuration;
};

interface OauthError {
  readonly status?: number;
  readonly error?: string;
  readonly error_description?: string;
}

const turnedDown = (error: unknown): OauthError => (typeof error === 'object' && error !== null ? error : {});

/** Why there is no new token, and what a person has to do. */
export const oauthErrorText = (error: unknown, tokenFile: string): string => {
  const { error: code, error_description: detail, status } = turnedDown(error);
  const why = detail === undefined ? code : `${code}: ${detail}`;
  if (code === 'invalid_grant') {
    return `the server did not accept the refresh token (${why}): log in again, and put the new refresh token into ${tokenFile}`;
  }
  if (code === 'invalid_client' || status === 401) {
    return `the server did not accept the client (${why ?? `status ${status}`}): check \`clientId\` and \`clientSecretEnv\``;
  }
  if (code !== undefined) return `the server refused (${why})`;
  const response = error instanceof Error ? error.cause : undefined;
  if (response instanceof Response) return `the server answered with status ${response.status}`;
  return `no new token was to be had: ${errorText(error)}`;
};

/**
 * Gets to know the authorization server: from its metadata, or by its token endpoint alone. The client
 * authenticates by HTTP Basic, which every server must support, else in the body. RFC 6749, section 2.3.1
 */
export const connectOauth = async (
  entry: OauthEntry,
  secret: string | undefined,
  signal: AbortSignal,
): Promise<OauthClient> => {
  const library = await import('openid-client');
  let auth = secret === undefined ? library.None() : library.ClientSecretBasic(secret);
  const configuration = await configure(library, entry, (...parts) => auth(...parts), signal);
  // Each request ends with the signal that it is given, not by a clock of the library's.
  configuration.timeout = undefined;
  const parameters = entry.scope === undefined ? {} : { scope: entry.scope };
  return {
    refresh: async (refreshToken, within) => {
      const send = fetchWithin(within);
      configuration[library.customFetch] = async (...request) => withoutIdToken(await send(...request));
      try {
        return await library.refreshTokenGrant(configuration, refreshToken, parameters);
      } catch (error) {
        const { status, error: code } = turnedDown(error);
        if (secret === undefined || (status !== 401 && code !== 'invalid_client')) throw error;
        auth = library.ClientSecretPost(secret);
        return library.refreshTokenGrant(configuration, refreshToken, parameters);
      }
    },
  };
};
