import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Redact } from '../model/diagnosis.ts';
import { isNotFound } from '../platform/fs.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { assertPrivate } from '../platform/private-file.ts';
import { readRegularFile } from '../platform/regular-file.ts';
import { replaceFileUnsynced } from '../platform/replace-file.ts';
import { errorText } from '../text/error-text.ts';
import { isRecord } from '../text/is-record.ts';

/** A token that a run of `token_refresh` got, for all processes of the machine. */
export interface SharedToken {
  readonly accessToken: string;
  /** When it was obtained, in ms since the epoch. */
  readonly obtainedAt: number;
  /** When it expires, in ms since the epoch; null if unknown. */
  readonly expiresAt: number | null;
  readonly scope: string | null;
  /** The refresh token for the next one, and a digest of the one that was in the file before; null if a command got it. */
  readonly refresh: { readonly token: string; readonly replaced: string } | null;
}

export interface TokenStoreParts {
  /** The state folder that all processes of this user share. */
  readonly stateDir: string;
  /** Creates and checks the state folder; throws a message for people. */
  readonly openStateDir: (path: string) => void;
  /** When this process began to use tokens, in ms since the epoch. */
  readonly startedAt: number;
  readonly redact: Redact & { remember?(value: string): void };
  /** Called once for each thing that keeps tokens from being shared. */
  readonly warn: (message: string) => void;
}

/** A digest of a secret, to compare it without keeping it. */
export const secretDigest = (secret: string): string => createHash('sha256').update(secret).digest('hex').slice(0, 32);

const maxBytes = 1_048_576;

const isRefresh = (value: unknown): value is SharedToken['refresh'] =>
  value === null || (isRecord(value) && typeof value.token === 'string' && typeof value.replaced === 'string');

const isToken = (value: unknown): value is SharedToken =>
  isRecord(value) &&
  typeof value.accessToken === 'string' &&
  /^[\x21-\x7e]+$/.test(value.accessToken) &&
  Number.isFinite(value.obtainedAt) &&
  (value.expiresAt === null || Number.isFinite(value.expiresAt)) &&
  (value.scope === null || typeof value.scope === 'string') &&
  isRefresh(value.refresh);

const parse = (text: string | undefined): SharedToken => {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    throw new Error('it is damaged');
  }
  if (!isToken(value)) throw new Error('it is damaged');
  return value;
};

/**
 * The tokens that the processes of this machine share: a refresh may end the older access token, so that all must use the
 * newest. One file for each configuration of a refresh, in a folder of its own, for this user alone.
 */
export class TokenStore {
  /** The token that was last delivered to each destination of this process. */
  readonly delivered = new Map<string, string>();
  /** The take-overs that are under way, by destination. */
  readonly taking = new Map<string, Promise<unknown>>();
  readonly startedAt: number;
  readonly #parts: TokenStoreParts;
  readonly #folder: string;
  /** What was kept here, in case the file cannot be written. */
  readonly #own = new Map<string, SharedToken>();
  readonly #warned = new Set<string>();

  constructor(parts: TokenStoreParts) {
    this.#parts = parts;
    this.#folder = join(parts.stateDir, 'tokens');
    this.startedAt = parts.startedAt;
  }

  /** Creates the folder if it is missing. Whether tokens can be shared; if not, says so once. */
  open(): boolean {
    try {
      this.#parts.openStateDir(this.#parts.stateDir);
      makeFolder(this.#folder, 0o700);
      const stats = lstatSync(this.#folder);
      if (!stats.isDirectory()) throw new Error(`${this.#folder} is not a folder: remove it`);
      try {
        assertPrivate(stats);
      } catch (error) {
        throw new Error(`the folder ${this.#folder} is not used, as ${errorText(error)}: remove it`);
      }
      return true;
    } catch (error) {
      this.#warn(`new tokens are not shared with other processes: ${errorText(error)}`);
      return false;
    }
  }

  /** Reads the newest token; null if there is none that can be trusted. Never throws. */
  read(key: string): SharedToken | null {
    const own = this.#own.get(key) ?? null;
    const path = this.#path(key);
    let found: SharedToken;
    try {
      const { text, stats } = readRegularFile(path, maxBytes);
      assertPrivate(stats);
      found = parse(text);
    } catch (error) {
      if (!isNotFound(error)) {
        this.#warn(`the shared token in ${path} is not used, as ${errorText(error)}: remove the file`);
      }
      return own;
    }
    if (own !== null && own.obtainedAt >= found.obtainedAt) return own;
    this.#remember(found);
    return found;
  }

  /** Keeps a new token for all processes. Never rejects. */
  async keep(key: string, token: SharedToken): Promise<void> {
    this.#remember(token);
    this.#own.set(key, token);
    const path = this.#path(key);
    try {
      await replaceFileUnsynced(path, `${JSON.stringify(token)}\n`, secretDigest(token.accessToken));
    } catch (error) {
      this.#warn(`the new token is not shared with other processes, as ${path} cannot be written: ${errorText(error)}`);
    }
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.json`);
  }

  #remember({ accessToken, refresh }: SharedToken): void {
    this.#parts.redact.remember?.(accessToken);
    if (refresh !== null) this.#parts.redact.remember?.(refresh.token);
  }

  #warn(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.#parts.warn(message);
  }
}
