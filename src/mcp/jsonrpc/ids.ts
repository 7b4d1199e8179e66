import { randomBytes } from 'node:crypto';

const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');

/**
 * Generates the ids and progress tokens of healflow's own requests. They have a part that is new for every session, so they
 * are never equal to an id of the client, and a late response to one of them is recognised.
 */
export class IdGenerator {
  readonly #prefix: string;
  readonly #questionPrefix = `"healflow-ask-${randomHex(8)}-`;
  #count = 0;

  /** @param nonce Random characters, new for every session. */
  constructor(nonce: string) {
    this.#prefix = `"healflow-${nonce}-`;
  }

  /** The next id of a request to the MCP server, as it is written in JSON. */
  next(): string {
    this.#count += 1;
    return `${this.#prefix}${this.#count}"`;
  }

  /**
   * A new id of a question to the user, as it is written in JSON. The MCP server cannot guess it from the ids that it sees:
   * a question of its own under that id would take the user's response.
   */
  nextQuestion(): string {
    return `${this.#questionPrefix}${randomHex(16)}"`;
  }

  /** Whether healflow gave this key out, now or earlier. */
  issued(key: string): boolean {
    return key.startsWith(this.#prefix) || key.startsWith(this.#questionPrefix);
  }
}
