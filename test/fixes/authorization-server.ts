import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}

export interface ServerOptions {
  /** The refresh token that is good now; used once, as rotation demands. */
  readonly refreshToken?: string;
  readonly rotate?: boolean;
  /** The client secret, and the one way in which the client may show it. */
  readonly secret?: { readonly value: string; readonly by: 'basic' | 'post' };
  /** Where the metadata stand; nowhere by default. */
  readonly metadata?: 'openid-configuration' | 'oauth-authorization-server';
  readonly metadataChanges?: Record<string, unknown>;
  /** Members that are added to every token answer. */
  readonly extra?: Record<string, unknown>;
  /** Answers in place of the token endpoint. */
  readonly answer?: (form: URLSearchParams) => Answer | Promise<Answer>;
}

const invalid = (error: string, status = 400, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: { error, error_description: `that is an ${error}` },
});

/** Starts a strict little authorization server on this machine. */
export const startAuthorizationServer = async (options: ServerOptions = {}) => {
  const { refreshToken = 'refresh-1', rotate = true, secret } = options;
  let good = refreshToken;
  let serial = 0;
  const forms: URLSearchParams[] = [];
  const authorizations: (string | undefined)[] = [];

  const knowsClient = (form: URLSearchParams, authorization: string | undefined): boolean => {
    if (secret === undefined) return form.get('client_id') === 'client';
    // RFC 6749, section 2.3.1: id and secret are form-encoded before they are joined.
    const [scheme, credentials = ''] = authorization?.split(' ') ?? [];
    const shown = scheme === 'Basic' ? atob(credentials).split(':').map(decodeURIComponent).join(':') : undefined;
    if (secret.by === 'basic') return shown === `client:${secret.value}`;
    return form.get('client_secret') === secret.value && authorization === undefined;
  };

  const token = (form: URLSearchParams, authorization: string | undefined): Answer => {
    if (!knowsClient(form, authorization)) return invalid('invalid_client', 401, { 'www-authenticate': 'Basic' });
    if (form.get('grant_type') !== 'refresh_token') return invalid('unsupported_grant_type');
    if (form.get('refresh_token') !== good) return invalid('invalid_grant');
    serial += 1;
    if (rotate) good = `refresh-${serial + 1}`;
    return {
      body: {
        access_token: `access-${serial}`,
        token_type: 'Bearer',
        expires_in: 60,
        ...(rotate ? { refresh_token: good } : {}),
        ...options.extra,
      },
    };
  };

  const server = createServer(async (request, response) => {
    const send = ({ status = 200, headers = {}, body }: Answer): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    };
    if (request.url === `/.well-known/${options.metadata}`) {
      return send({ body: { issuer: url, token_endpoint: `${url}/token`, ...options.metadataChanges } });
    }
    if (request.url !== '/token') return send({ status: 404, body: {} });
    let text = '';
    for await (const chunk of request) text += chunk;
    const form = new URLSearchParams(text);
    forms.push(form);
    authorizations.push(request.headers.authorization);
    send(await (options.answer?.(form) ?? token(form, request.headers.authorization)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    tokenEndpoint: `${url}/token`,
    /** What the token endpoint was asked. */
    forms,
    authorizations,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
