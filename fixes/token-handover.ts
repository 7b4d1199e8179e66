import { readFileSync, statSync } from 'node:fs';
import type { FixHandover, FixRequest } from '../src/model/fix.ts';
import { untilAborted } from '../src/platform/wait.ts';
import type { FixContext } from '../src/runner/context.ts';
import type { TokenDestination } from '../src/runner/deliver-token.ts';
import type { WorkResult } from '../src/runner/fix.ts';
import { cancelsOf } from '../src/runner/request.ts';
import { type SharedToken, secretDigest, type TokenStore } from '../src/runner/token-store.ts';
import { roughDuration } from '../src/text/duration.ts';
import { errorText } from '../src/text/error-text.ts';

/** How long an OAuth token without an expiry counts as usable by a process that started later, in ms. */
const assumedLifeMs = 3_600_000;
/** How far the clock of the process that got a token may be ahead, in ms. */
const clockSkewMs = 60_000;

/** A token that processes share: its name in the store, and what must hold for it. */
export interface SharedTokenOptions {
  readonly key: string;
  /** A name for the places that this process delivers it to. */
  readonly slot: string;
  readonly tokens: TokenStore;
  readonly scope: string | null;
  /** The file of the refresh token that the token must come from; undefined for a command. */
  readonly refreshTokenFile: string | undefined;
  readonly cooldownMs: number;
}

/** Brings tokens to the places of this process, and remembers which one they have. */
export class TokenDelivery {
  readonly places: readonly TokenDestination[];
  readonly shared: SharedTokenOptions | undefined;

  constructor(places: readonly TokenDestination[], shared: SharedTokenOptions | undefined) {
    this.places = places;
    this.shared = shared;
  }

  async deliver(token: string, done: WorkResult, { signal }: FixRequest): Promise<WorkResult> {
    for (const { place, deliver } of this.places) {
      try {
        await untilAborted(deliver(token, signal), signal);
      } catch (error) {
        const why = signal.aborted ? 'there was no time left' : errorText(error);
        return { ...done, status: 'failed', reason: `${done.reason}, but it did not reach ${place}: ${why}` };
      }
    }
    this.shared?.tokens.delivered.set(this.shared.slot, token);
    return { ...done, reason: `${done.reason}; it is in ${this.places.map(({ place }) => place).join(' and ')}` };
  }
}

/** Whether the file still holds the refresh token that the access token came with: a new login may be for another account. */
const isSameLogin = ({ refresh }: SharedToken, refreshTokenFile: string | undefined): boolean => {
  if (refreshTokenFile === undefined) return true;
  if (refresh === null) return false;
  try {
    if (!statSync(refreshTokenFile).isFile()) return false;
    const held = readFileSync(refreshTokenFile, 'utf8').trim();
    return held === refresh.token || secretDigest(held) === refresh.replaced;
  } catch {
    return false;
  }
};

/** Takes over, in this process, tokens that other processes got. */
export const tokenHandover = (
  delivery: TokenDelivery,
  { key, slot, tokens, scope, refreshTokenFile, cooldownMs }: SharedTokenOptions,
  { clock }: FixContext,
): FixHandover => {
  const usable = (): SharedToken | null => {
    const token = tokens.read(key);
    if (token === null || token.scope !== scope) return null;
    const now = clock.now();
    const { obtainedAt, expiresAt } = token;
    // Nothing shows whether the account that a command works for has changed: it is used only while this process runs, or
    // while the fix cools down and could not get another one.
    const lifeMs = refreshTokenFile === undefined ? cooldownMs : assumedLifeMs;
    const isFresh = obtainedAt >= tokens.startedAt || now - obtainedAt < lifeMs;
    const isAlive = expiresAt === null ? isFresh : now < expiresAt;
    return isAlive && obtainedAt <= now + clockSkewMs && isSameLogin(token, refreshTokenFile) ? token : null;
  };
  const isHeld = (token: SharedToken): boolean => {
    const delivered = tokens.delivered.get(slot);
    if (delivered !== undefined) return delivered === token.accessToken;
    return delivery.places.every(({ holds }) => holds(token.accessToken, token.obtainedAt));
  };
  const takeOver = async (token: SharedToken, request: FixRequest) => {
    const ago = roughDuration(Math.max(0, clock.now() - token.obtainedAt));
    const done = { status: 'succeeded', reason: `another process got a new token ${ago} ago` } as const;
    const { status, reason } = await delivery.deliver(token.accessToken, done, request);
    if (status === 'succeeded') return { status: 'not_needed', code: 'ALREADY_FIXED', reason, shared: true } as const;
    return { status: 'failed', reason } as const;
  };
  const status: FixHandover['status'] = () => {
    const token = usable();
    if (token === null) return 'none';
    return isHeld(token) ? 'held' : 'new';
  };
  return {
    status,
    takeOver: async (request) => {
      const cancels = cancelsOf(request);
      for (let running = tokens.taking.get(slot); running !== undefined; running = tokens.taking.get(slot)) {
        await untilAborted(running, cancels).catch(() => {});
        if (cancels.aborted)
          return { status: 'cancelled', reason: 'the caller gave up while the new token was delivered' };
        if (status() === 'held') {
          const reason = 'another call has delivered the new token of another process';
          return { status: 'not_needed', code: 'ALREADY_FIXED', reason, shared: true };
        }
      }
      const token = usable();
      if (token === null || isHeld(token)) return null;
      const taking = takeOver(token, request).finally(() => tokens.taking.delete(slot));
      tokens.taking.set(slot, taking);
      return taking;
    },
  };
};
