import type { Pair } from '../../http/headers.ts';

/** One request of a client's, read to its end. */
export interface ClientRequest {
  readonly method: string;
  /** What goes on to the server. */
  readonly headers: readonly Pair[];
  readonly body: Buffer | undefined;
  /** Where it goes on the server. */
  readonly pathAndQuery: string;
  /** The proxy, as the client calls it. */
  readonly host: string;
}
