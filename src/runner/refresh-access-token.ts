import { readFile } from 'node:fs/promises';
import type { FixRequest } from '../model/fix.ts';
import { replaceFile } from '../platform/replace-file.ts';
import { startTimeLimit } from '../platform/time-limit.ts';
import { errorText } from '../text/error-text.ts';
import type { FixContext } from './context.ts';
import { connectOauth, type OauthEntry, oauthErrorText, type Tokens } from './oauth.ts';
import { configPath } from './path.ts';
import { secretDigest } from './token-store.ts';

/** A new access token. */
export interface RefreshedToken {
  readonly accessToken: string;
  /** What was done, for people, without any token. */
  readonly reason: string;
}

const readRefreshToken = async (path: string, { redact }: FixContext): Promise<string> => {
  let text: string;
  try {
    text = (await readFile(path, 'utf8')).trim();
  } catch (error) {
    throw new Error(
      `the refresh token cannot be read (${errorText(error)}): log in, and put the refresh token into ${path}`,
    );
  }
  if (!/^[\x21-\x7e]+$/.test(text)) {
    throw new Error(`${path} holds no refresh token: log in, and put the refresh token, and nothing else, into it`);
  }
  redact.remember?.(text);
  return text;
};

const readSecret = ({ clientSecretEnv }: OauthEntry, { env, redact }: FixContext): string | undefined => {
  if (clientSecretEnv === undefined) return undefined;
  const secret = env[clientSecretEnv];
  if (!secret)
    throw new Error(`the environment variable ${clientSecretEnv}, which shall hold the client secret, is not set`);
  redact.remember?.(secret);
  return secret;
};

const exchange = async (
  entry: OauthEntry,
  tokenFile: string,
  { signal, remainingMs }: FixRequest,
  context: FixContext,
  tokenKey: string | undefined,
) => {
  const secret = readSecret(entry, context);
  await readRefreshToken(tokenFile, context);
  const startedAt = context.clock.monotonic();
  let tokens: Tokens;
  let sent: string;
  let inFile: string;
  try {
    const client = await connectOauth(entry, secret, signal);
    // Another process may have renewed it in the meantime.
    inFile = await readRefreshToken(tokenFile, context);
    const kept = tokenKey === undefined ? undefined : context.tokens?.read(tokenKey)?.refresh;
    // The process that got a newer one may have died before it wrote it into the file.
    const refreshToken = kept?.replaced === secretDigest(inFile) ? kept.token : inFile;
    signal.throwIfAborted();
    const leftMs = remainingMs - (context.clock.monotonic() - startedAt);
    // A cancelled caller does not stop it once it is sent: the response may hold the only refresh token that still works.
    const limit = startTimeLimit(context.clock, leftMs, new AbortController().signal);
    sent = refreshToken;
    tokens = await client.refresh(refreshToken, limit.cancellation.signal).finally(limit.release);
  } catch (error) {
    throw new Error(oauthErrorText(error, tokenFile));
  }
  context.redact.remember?.(tokens.access_token);
  if (tokens.refresh_token !== undefined) context.redact.remember?.(tokens.refresh_token);
  const { access_token: accessToken, expires_in: lastsSeconds } = tokens;
  const next = tokens.refresh_token ?? sent;
  if (tokenKey !== undefined) {
    const obtainedAt = context.clock.now();
    // One write keeps both: if this process dies now, the next one finds them.
    await context.tokens?.keep(tokenKey, {
      accessToken,
      obtainedAt,
      expiresAt: lastsSeconds === undefined ? null : obtainedAt + lastsSeconds * 1_000,
      scope: entry.scope ?? null,
      refresh: { token: next, replaced: secretDigest(inFile) },
    });
  }
  return { accessToken, lastsSeconds, inFile, next };
};

/**
 * Gets a new access token for the refresh token in the file. A new refresh token is in the file before this
 * resolves; with a `tokenKey`, both are in the store that processes share before that. Rejects with a message that says what to do. RFC 6749, section 6
 */
export const refreshAccessToken = async (
  entry: OauthEntry,
  request: FixRequest,
  context: FixContext,
  tokenKey?: string,
): Promise<RefreshedToken> => {
  const tokenFile = configPath(entry.refreshTokenFile, context);
  const { accessToken, lastsSeconds, inFile, next } = await exchange(entry, tokenFile, request, context, tokenKey);
  const got = `got a new access token${lastsSeconds === undefined ? '' : ` for ${lastsSeconds} s`}`;
  if (next === inFile) return { accessToken, reason: got };
  try {
    await replaceFile(tokenFile, `${next}\n`);
  } catch (error) {
    const trouble = `the new refresh token could not be written to ${tokenFile} (${errorText(error)}): log in again before it ends`;
    return { accessToken, reason: `${got}, but ${trouble}` };
  }
  return { accessToken, reason: `${got}, and a new refresh token` };
};
