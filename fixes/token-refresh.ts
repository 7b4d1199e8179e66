import type { z } from 'zod';
import type { tokenRefreshSchema } from '../src/config/fix-schema.ts';
import type { Fix, FixRequest } from '../src/model/fix.ts';
import type { Refusal } from '../src/model/run.ts';
import { type CommandFix, commandFix, commandWork } from '../src/runner/command-fix.ts';
import type { FixCall, FixContext } from '../src/runner/context.ts';
import { tokenDestinations } from '../src/runner/deliver-token.ts';
import { fixKey, makeFix, type WorkResult } from '../src/runner/fix.ts';
import { withChanges } from '../src/runner/lazy-fix.ts';
import type { OauthEntry } from '../src/runner/oauth.ts';
import { configPath } from '../src/runner/path.ts';
import { readToken } from '../src/runner/read-token.ts';
import { refreshAccessToken } from '../src/runner/refresh-access-token.ts';
import { refuse } from '../src/runner/refusal.ts';
import { tokenIdentityOf } from '../src/sharing/rules.ts';
import { showCommand } from '../src/text/command-line.ts';
import { errorText } from '../src/text/error-text.ts';
import { type SharedTokenOptions, TokenDelivery, tokenHandover } from './token-handover.ts';

export type TokenRefreshEntry = z.output<typeof tokenRefreshSchema>;

const byCommand = async (
  { command = [], tokenSource: source }: TokenRefreshEntry,
  { start }: CommandFix,
  delivery: TokenDelivery,
  request: FixRequest,
  context: FixContext,
): Promise<WorkResult> => {
  const { redact, clock } = context;
  const result = await start(command, request);
  const done = commandWork(result);
  if (delivery.places.length === 0) return done;
  // Standard output holds the token, so it is never shown.
  const told = { ...done, output: result.stderr };
  if (result.ended !== 'ok') return told;
  let token = result.stdout?.trim() ?? '';
  if (source !== undefined) {
    try {
      token = await readToken(source, result.stdout, context);
    } catch (error) {
      return { ...told, status: 'failed', reason: `${done.reason}, but ${errorText(error)}` };
    }
  }
  if (isToken(token)) {
    redact.remember?.(token);
    const kept = { accessToken: token, obtainedAt: clock.now(), expiresAt: null, scope: null, refresh: null };
    if (delivery.shared !== undefined) await delivery.shared.tokens.keep(delivery.shared.key, kept);
    return delivery.deliver(token, told, request);
  }
  if (source !== undefined) {
    redact.remember?.(token);
    return { ...told, status: 'failed', reason: `${done.reason}, but what it left is not one token` };
  }
  const wrote = result.stdout === undefined ? 'more than `outputLimitBytes`' : `${result.stdout.length} characters`;
  return { ...told, status: 'failed', reason: `${done.reason}, but wrote ${wrote} where one token was expected` };
};

/** Whether a text can be a token: in a header or a line, other characters would break out of their place. */
const isToken = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);

const byOauth = async (
  entry: OauthEntry,
  delivery: TokenDelivery,
  request: FixRequest,
  context: FixContext,
): Promise<WorkResult> => {
  let refreshed: Awaited<ReturnType<typeof refreshAccessToken>>;
  try {
    refreshed = await refreshAccessToken(entry, request, context, delivery.shared?.key);
  } catch (error) {
    return { status: 'failed', reason: errorText(error) };
  }
  if (!isToken(refreshed.accessToken)) {
    return { status: 'failed', reason: 'the access token has characters that no token has, such as a line break' };
  }
  return delivery.deliver(refreshed.accessToken, { status: 'succeeded', reason: refreshed.reason }, request);
};

const nowhere =
  'token_refresh: `deliver` names no place that a new token can be brought to here; `header` is for programs that take one';

const sharedTokenOf = (
  entry: TokenRefreshEntry,
  target: string,
  context: FixContext,
): SharedTokenOptions | undefined => {
  const { tokens } = context;
  const identity = tokenIdentityOf({ name: 'token_refresh', key: fixKey('token_refresh', target) }, entry, context);
  if (tokens === undefined || identity === undefined) return undefined;
  const { oauth, deliver, cooldownMs } = entry;
  return {
    cooldownMs,
    key: identity.key,
    slot: `${identity.identity} ${JSON.stringify(deliver)}`,
    tokens,
    scope: oauth?.scope ?? null,
    refreshTokenFile: oauth && configPath(oauth.refreshTokenFile, context),
  };
};

/** Renews the token by OAuth 2.0 refresh or by a command, and brings it to the tool. */
export const tokenRefresh = (entry: TokenRefreshEntry, call: FixCall, context: FixContext): Fix | Refusal => {
  const { command, oauth, target = 'default', timeoutMs, settleMs } = entry;
  const places = tokenDestinations(entry.deliver, context);
  const prepared = commandFix(entry, { name: 'token_refresh', target, tool: call.tool }, context);
  const base = { name: 'token_refresh', target, timeoutMs, settleMs, probe: prepared.probe } as const;
  const delivery = new TokenDelivery(places, sharedTokenOf(entry, target, context));
  const shared = (fix: Fix): Fix =>
    delivery.shared === undefined
      ? fix
      : withChanges(fix, { handover: tokenHandover(delivery, delivery.shared, context) });
  const hasNoDestination = places.length === 0 && (oauth !== undefined || Object.keys(entry.deliver).length > 0);
  if (oauth !== undefined) {
    const server = oauth.tokenEndpoint ?? oauth.issuer;
    if (server === undefined)
      return refuse('FIX_NOT_CONFIGURED', 'token_refresh: `oauth` needs an `issuer` or a `tokenEndpoint`');
    if (hasNoDestination) return refuse('FIX_NOT_CONFIGURED', nowhere);
    const description = `gets a new token from ${server}`;
    return shared(
      makeFix({ ...base, description, work: (request) => byOauth(oauth, delivery, request, context) }, context),
    );
  }
  if (command === undefined) return refuse('FIX_NOT_CONFIGURED', 'token_refresh has neither `oauth` nor a `command`');
  // A command without `deliver` stores the new token by itself.
  if (hasNoDestination) return refuse('FIX_NOT_CONFIGURED', nowhere);
  const description = `runs ${showCommand(command)}`;
  return shared(
    makeFix(
      { ...base, description, work: (request) => byCommand(entry, prepared, delivery, request, context) },
      context,
    ),
  );
};
