import type { Redact } from '../model/diagnosis.ts';
import { isSecretName } from './names.ts';
import { mask } from './spans.ts';
import { isWorkingFolder } from './words.ts';

/** How much of a value `redactDeep` keeps. */
export interface DeepLimits {
  /** @default 8 */
  readonly depth?: number;
  /** Values in all: members, elements, strings. @default 2000 */
  readonly values?: number;
}

/** Reads a member that may be a getter that throws. */
const read = (holder: object, key: string): unknown => {
  try {
    return (holder as Record<string, unknown>)[key];
  } catch {
    return '[unreadable]';
  }
};

const holdsSecret = (key: string, value: unknown): boolean =>
  isSecretName(key) && !(typeof value === 'string' && isWorkingFolder(key, value));

class Walk {
  readonly #redact: Redact;
  readonly #seen = new Set<object>();
  #left: number;

  constructor(redact: Redact, values: number) {
    this.#redact = redact;
    this.#left = values;
  }

  /** Copies a value; `secret` says that it is under the name of a secret. */
  copy(value: unknown, depth: number, secret: boolean): unknown {
    this.#left -= 1;
    if (this.#left < 0) return '[cut]';
    if (value === null || typeof value === 'boolean' || value === undefined) return value;
    if (typeof value === 'string') return secret && value !== '' ? mask() : this.#redact(value);
    if (typeof value === 'number') return secret ? mask() : value;
    if (typeof value === 'bigint') return secret ? mask() : `${value}`;
    if (typeof value !== 'object') return `[${typeof value}]`;
    if (this.#seen.has(value)) return '[circular]';
    if (depth <= 0) return '[deep]';
    this.#seen.add(value);
    try {
      return this.#copyObject(value, depth - 1, secret);
    } finally {
      this.#seen.delete(value);
    }
  }

  #copyObject(value: object, depth: number, secret: boolean): unknown {
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (value instanceof URL) return this.copy(value.href, depth, secret);
    if (value instanceof Map)
      return this.#copyEntries(
        [...value].map(([key, item]) => [`${key}`, item]),
        depth,
        secret,
      );
    if (Array.isArray(value) || value instanceof Set) return this.#copyItems([...value], depth, secret);
    const keys = value instanceof Error ? [...new Set(['name', 'message', ...Object.keys(value)])] : Object.keys(value);
    if (value instanceof Error && value.cause !== undefined) keys.push('cause');
    return this.#copyEntries(
      keys.slice(0, this.#left + 1).map((key) => [key, read(value, key)]),
      depth,
      secret,
    );
  }

  #copyItems(items: readonly unknown[], depth: number, secret: boolean): unknown[] {
    const copies: unknown[] = [];
    for (const item of items) {
      copies.push(this.copy(item, depth, secret));
      if (this.#left < 0) break;
    }
    return copies;
  }

  #copyEntries(
    entries: readonly (readonly [string, unknown])[],
    depth: number,
    secret: boolean,
  ): Record<string, unknown> {
    const copies: [string, unknown][] = [];
    for (const [key, item] of entries) {
      copies.push([this.#redact(key), this.copy(item, depth, secret || holdsSecret(key, item))]);
      if (this.#left < 0) break;
    }
    // Not by assignment: a key may be `__proto__`.
    return Object.fromEntries(copies);
  }
}

/**
 * Copies a JSON-like value with its secrets masked: strings as `redact` does, and everything under the name of a secret,
 * such as `password`, as a whole. Bounded in depth and size, never throws; cycles, functions and bytes become a note.
 */
export const redactDeep = (value: unknown, redact: Redact, limits: DeepLimits = {}): unknown => {
  try {
    return new Walk(redact, limits.values ?? 2_000).copy(value, limits.depth ?? 8, false);
  } catch {
    return '[unreadable]';
  }
};
