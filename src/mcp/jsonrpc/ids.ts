/**
 * The ids and progress tokens that healflow itself gives out. They are strings with a part that nobody can
 * guess, so they meet no id of the client's, and what arrives late for one of them is told apart from all else.
 */
export class IdGenerator {
  readonly #prefix: string;
  #count = 0;

  /** @param nonce Random characters, new for every session. */
  constructor(nonce: string) {
    this.#prefix = `"healflow-${nonce}-`;
  }

  /** The next id, as it is written in JSON. */
  next(): string {
    this.#count += 1;
    return `${this.#prefix}${this.#count}"`;
  }

  /** Whether healflow gave this key out, now or earlier. */
  issued(key: string): boolean {
    return key.startsWith(this.#prefix);
  }
}
