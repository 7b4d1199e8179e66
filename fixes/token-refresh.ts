import type { z } from 'zod';
import type { tokenRefreshSchema } from '../src/config/schema.ts';
import type { Fix, FixRequest } from '../src/model/fix.ts';
import type { Refusal } from '../src/model/run.ts';
import { untilAborted } from '../src/platform/wait.ts';
import { type CommandFix, commandFix, commandWork } from '../src/runner/command-fix.ts';
import type { FixCall, FixContext } from '../src/runner/context.ts';
import { type TokenDestination, tokenDestinations } from '../src/runner/deliver-token.ts';
import { makeFix, type WorkResult } from '../src/runner/fix.ts';
import type { OauthEntry } from '../src/runner/oauth.ts';
import { refreshAccessToken } from '../src/runner/refresh-access-token.ts';
import { refuse } from '../src/runner/refusal.ts';
import { showCommand } from '../src/text/command-line.ts';
import { errorText } from '../src/text/error-text.ts';

export type TokenRefreshEntry = z.output<typeof tokenRefreshSchema>;

const deliverTo = async (
  token: string,
  places: readonly TokenDestination[],
  done: WorkResult,
  { signal }: FixRequest,
): Promise<WorkResult> => {
  for (const { place, deliver } of places) {
    try {
      await untilAborted(deliver(token, signal), signal);
    } catch (error) {
      const why = signal.aborted ? 'there was no time left' : errorText(error);
      return { ...done, status: 'failed', reason: `${done.reason}, but it did not reach ${place}: ${why}` };
    }
  }
  return { ...done, reason: `${done.reason}; it is in ${places.map(({ place }) => place).join(' and ')}` };
};

const byCommand = async (
  argv: string[],
  { start }: CommandFix,
  places: readonly TokenDestination[],
  request: FixRequest,
  { redact }: FixContext,
): Promise<WorkResult> => {
  const result = await start(argv, request);
  const done = commandWork(result);
  if (places.length === 0) return done;
  // Standard output holds the token, so it is never shown.
  const told = { ...done, output: result.stderr };
  if (result.ended !== 'ok') return told;
  const token = result.stdout?.trim() ?? '';
  if (/^[\x21-\x7e]+$/.test(token)) {
    redact.remember?.(token);
    return deliverTo(token, places, told, request);
  }
  const wrote = result.stdout === undefined ? 'more than `outputLimitBytes`' : `${result.stdout.length} characters`;
  return { ...told, status: 'failed', reason: `${done.reason}, but wrote ${wrote} where one token was expected` };
};

const byOauth = async (
  entry: OauthEntry,
  places: readonly TokenDestination[],
  request: FixRequest,
  context: FixContext,
): Promise<WorkResult> => {
  let refreshed: Awaited<ReturnType<typeof refreshAccessToken>>;
  try {
    refreshed = await refreshAccessToken(entry, request, context);
  } catch (error) {
    return { status: 'failed', reason: errorText(error) };
  }
  return deliverTo(refreshed.accessToken, places, { status: 'succeeded', reason: refreshed.reason }, request);
};

const nowhere =
  'token_refresh: `deliver` names no place that a new token can be brought to here; `header` is for programs that take one';

/** Renews the token by OAuth 2.0 refresh or by a command, and brings it to the tool. */
export const tokenRefresh = (entry: TokenRefreshEntry, call: FixCall, context: FixContext): Fix | Refusal => {
  const { command, oauth, target = 'default', timeoutMs } = entry;
  const places = tokenDestinations(entry.deliver, context);
  const prepared = commandFix(entry, { name: 'token_refresh', target, tool: call.tool }, context);
  const base = { name: 'token_refresh', target, timeoutMs, probe: prepared.probe } as const;
  const hasNoDestination = places.length === 0 && (oauth !== undefined || Object.keys(entry.deliver).length > 0);
  if (oauth !== undefined) {
    const server = oauth.tokenEndpoint ?? oauth.issuer;
    if (server === undefined)
      return refuse('FIX_NOT_CONFIGURED', 'token_refresh: `oauth` needs an `issuer` or a `tokenEndpoint`');
    if (hasNoDestination) return refuse('FIX_NOT_CONFIGURED', nowhere);
    const description = `gets a new token from ${server}`;
    return makeFix({ ...base, description, work: (request) => byOauth(oauth, places, request, context) }, context);
  }
  if (command === undefined) return refuse('FIX_NOT_CONFIGURED', 'token_refresh has neither `oauth` nor a `command`');
  // A command without `deliver` stores the new token by itself.
  if (hasNoDestination) return refuse('FIX_NOT_CONFIGURED', nowhere);
  const description = `runs ${showCommand(command)}`;
  return makeFix(
    { ...base, description, work: (request) => byCommand(command, prepared, places, request, context) },
    context,
  );
};
