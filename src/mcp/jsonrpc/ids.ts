/**
 * Generates the ids and progress tokens of healflow's own requests. They have a part that nobody can guess, so they are
 * never equal to an id of the client, and a late response to one of them is recognised.
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
