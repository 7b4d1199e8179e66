const slots = 4_096;
const backslash = 0x5c;
/** Longer texts come too rarely twice to be kept. */
const longest = 256;

interface Known {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/**
 * Makes texts of the bytes of JSON strings. Those that come again and again, as names do, are the same text each time, and no
 * new one has to be made; what is kept does not grow.
 */
export class KnownTexts {
  readonly #known: (Known | undefined)[] = new Array(slots);

  /**
   * The text of a JSON string that is known to be in order.
   *
   * @param start Where it begins, behind its quote.
   * @param end Where its closing quote stands.
   */
  of(bytes: Buffer, start: number, end: number): string {
    let hash = end - start;
    for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
    const slot = (hash ^ (hash >>> 12)) & (slots - 1);
    const known = this.#known[slot];
    if (known !== undefined && isSame(known.bytes, bytes, start, end)) return known.text;
    const text = textOf(bytes, start, end);
    if (end - start <= longest) this.#known[slot] = { bytes: Uint8Array.from(bytes.subarray(start, end)), text };
    return text;
  }
}

const isSame = (known: Uint8Array, bytes: Buffer, start: number, end: number): boolean => {
  if (known.length !== end - start) return false;
  for (let at = 0; at < known.length; at += 1) if (known[at] !== bytes[start + at]) return false;
  return true;
};

const textOf = (bytes: Buffer, start: number, end: number): string =>
  bytes.subarray(start, end).includes(backslash)
    ? (JSON.parse(bytes.toString('utf8', start - 1, end + 1)) as string)
    : bytes.toString('utf8', start, end);
