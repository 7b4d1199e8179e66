import { createHash, randomBytes } from 'node:crypto';
import type { OAuth } from './oauth.ts';

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

const maxHops = 10;

/** Follows the redirects of a sign-in with cookies, like a browser, up to the one that contains the code. */
const codeAfter = async (start: URL, redirectUri: string): Promise<string> => {
  const cookies = new Map<string, string>();
  let at = start;
  for (let hop = 0; hop < maxHops; hop += 1) {
    const response = await fetch(at, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    await response.body?.cancel();
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) throw new Error(`the sign-in stopped with status ${response.status}`);
    at = new URL(location, at);
    if (!at.href.startsWith(redirectUri)) continue;
    const code = at.searchParams.get('code');
    if (code === null) throw new Error(`the sign-in was refused: ${at.searchParams.get('error_description')}`);
    return code;
  }
  throw new Error(`the sign-in took more than ${maxHops} redirects`);
};

/** Obtains tokens with an authorization code grant and PKCE (RFC 7636). */
export const obtainTokens = async ({ url, tokenEndpoint, clientId, redirectUri }: OAuth): Promise<Tokens> => {
  const verifier = randomBytes(32).toString('base64url');
  const start = new URL(`${url}/auth`);
  start.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid offline_access',
    prompt: 'consent',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  const code = await codeAfter(start, redirectUri);
  const response = await fetch(tokenEndpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      redirect_uri: redirectUri,
      code_verifier: verifier,
      code,
    }),
  });
  const body = (await response.json()) as { access_token?: string; refresh_token?: string };
  if (body.access_token === undefined || body.refresh_token === undefined) {
    throw new Error(`the OAuth server returned no tokens: ${JSON.stringify(body)}`);
  }
  return { accessToken: body.access_token, refreshToken: body.refresh_token };
};
