import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { Provider } from 'oidc-provider';
import { type Listening, listenOn } from './http.ts';

/** An OAuth server whose access tokens expire in seconds. */
export interface OAuth extends Pick<Listening, 'url' | 'close'> {
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** Number of token refreshes. */
  readonly refreshes: number;
  /** Whether a token is active, by token introspection (RFC 7662). */
  isActive(token: string): Promise<boolean>;
}

export interface OAuthOptions {
  /** Lifetime of an access token in whole seconds. */
  readonly accessTokenSeconds: number;
  /** The same for one that was made by a refresh. @default `accessTokenSeconds` */
  readonly refreshedTokenSeconds?: number | undefined;
}

const clientId = 'demo-client';
const redirectUri = 'http://127.0.0.1/callback';
const api = { id: 'demo-api', secret: randomBytes(16).toString('hex') };

const configuration = ({ accessTokenSeconds, refreshedTokenSeconds }: OAuthOptions): object => ({
  clients: [
    {
      client_id: clientId,
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: [redirectUri],
      id_token_signed_response_alg: 'ES256',
    },
    {
      client_id: api.id,
      client_secret: api.secret,
      grant_types: [],
      response_types: [],
      redirect_uris: [],
      id_token_signed_response_alg: 'ES256',
    },
  ],
  jwks: {
    keys: [generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })],
  },
  cookies: { keys: [randomBytes(16).toString('hex')] },
  enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
  features: {
    devInteractions: { enabled: false },
    introspection: { enabled: true, allowedPolicy: () => true },
  },
  interactions: { url: (_context: unknown, interaction: { uid: string }) => `/sign-in/${interaction.uid}` },
  findAccount: (_context: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
  rotateRefreshToken: true,
  clockTolerance: 0,
  ttl: {
    AccessToken: ({ oidc }: { readonly oidc: { readonly params?: { readonly grant_type?: unknown } } }) =>
      oidc.params?.grant_type === 'refresh_token' ? (refreshedTokenSeconds ?? accessTokenSeconds) : accessTokenSeconds,
    RefreshToken: 3_600,
    Grant: 3_600,
    Interaction: 60,
    Session: 60,
    IdToken: 60,
  },
});

/** The library prints notices about its defaults for developers, which would only disturb the demo. */
const withoutNotices = async <T>(work: () => Promise<T>): Promise<T> => {
  const { info, warn } = console;
  const unlessNotice =
    (write: (...args: unknown[]) => void) =>
    (...args: unknown[]): void => {
      if (!/oidc-provider (NOTICE|WARNING): /.test(String(args[0]))) write(...args);
    };
  Object.assign(console, { info: unlessNotice(info), warn: unlessNotice(warn) });
  try {
    return await work();
  } finally {
    Object.assign(console, { info, warn });
  }
};

/** Signs in and consents, like a person at a browser. */
const signIn = async (provider: Provider, ...[request, response]: Parameters<ReturnType<Provider['callback']>>) => {
  const { params } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId: 'baker', clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const grantId = await grant.save();
  await provider.interactionFinished(request, response, { login: { accountId: 'baker' }, consent: { grantId } });
};

/** Starts the server. */
export const startOAuth = async (options: OAuthOptions): Promise<OAuth> => {
  const server = createServer();
  const { url, close } = await listenOn(server);
  const provider = await withoutNotices(async () => {
    const { Provider } = await import('oidc-provider');
    return new Provider(url, configuration(options));
  });
  let refreshes = 0;
  provider.on('grant.success', ({ oidc }) => {
    if (oidc.params?.grant_type === 'refresh_token') refreshes += 1;
  });
  const handle = provider.callback();
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/sign-in/')) return handle(request, response);
    signIn(provider, request, response).catch(() => response.writeHead(400).end());
  });
  return {
    url,
    close,
    clientId,
    redirectUri,
    tokenEndpoint: `${url}/token`,
    get refreshes() {
      return refreshes;
    },
    isActive: async (token) => {
      const response = await fetch(`${url}/token/introspection`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${api.id}:${api.secret}`).toString('base64')}` },
        body: new URLSearchParams({ token }),
      });
      if (!response.ok) throw new Error(`the OAuth server responded with status ${response.status}`);
      return ((await response.json()) as { active?: boolean }).active === true;
    },
  };
};
