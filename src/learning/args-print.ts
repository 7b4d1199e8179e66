import { isRecord } from '../text/is-record.ts';

type Args = Readonly<Record<string, unknown>> | undefined;

/** Maximum size of arguments that are told apart, about in bytes of their text. */
export const maxArgsSize = 4_096;

const prime = 0x01000193;

/** Thrown without a stack, which would cost more than the print. */
const unprintable = Symbol('unprintable');

/** Walks arguments until they are known to be too large; what it costs is bounded by that size, whatever they hold. */
class Printer {
  #left = maxArgsSize;

  #text(text: string, seed: number): number {
    this.#take(text.length);
    let hash = seed;
    for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), prime);
    return hash;
  }

  #take(size: number): void {
    this.#left -= size + 1;
    if (this.#left < 0) throw unprintable;
  }

  print(value: unknown): number {
    if (typeof value === 'string') return this.#text(value, 3);
    if (typeof value === 'number') return this.#text(Number.isFinite(value) ? String(value) : 'null', 5);
    if (typeof value === 'boolean') return this.#text(String(value), 5);
    if (Array.isArray(value)) {
      this.#take(value.length);
      return value.reduce((hash: number, item) => Math.imul(hash, prime) ^ this.print(item), 7);
    }
    if (typeof value !== 'object') {
      if (typeof value === 'bigint') throw unprintable;
      return this.#text('null', 5);
    }
    if (value === null) return this.#text('null', 5);
    if (ArrayBuffer.isView(value)) throw unprintable;
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === 'function') return this.print(toJSON.call(value, ''));
    const names = Object.keys(value);
    this.#take(names.length);
    let sum = 11;
    for (const name of names) {
      const member = (value as Record<string, unknown>)[name];
      // Neither is part of what is sent.
      if (member === undefined || typeof member === 'function' || typeof member === 'symbol') continue;
      // The order of names does not count.
      sum = (sum + Math.imul(this.#text(name, 13), this.print(member) | 1)) | 0;
    }
    return sum;
  }
}

/**
 * A number that is the same for the same arguments, and nearly always another one for others: far cheaper than a digest. Null if the
 * arguments are not known, are too large, or are no data.
 */
export const printOf = (args: Args): number | null => {
  if (!isRecord(args)) return null;
  try {
    return new Printer().print(args);
  } catch {
    return null;
  }
};
