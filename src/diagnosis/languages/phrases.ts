/** What a failure is called in one language, as regular expressions; ` @` stands for the host that the words may name. */
export interface Phrases {
  /** What stands before the name of a host, and words for one. */
  readonly host: string;
  /** A connection was refused. */
  readonly refused: readonly string[];
  /** The name of a host is not known. */
  readonly unknown: readonly string[];
  /** No connection was made in time. */
  readonly unconnected: readonly string[];
  /** Nobody is logged in, or not any more. */
  readonly login: readonly string[];
  /** There were too many requests. */
  readonly limit: readonly string[];
  /** The service is not available. */
  readonly down: readonly string[];
  /** What to do: log in, wait, try again. `#` stands for a duration. Says nothing of what has failed. */
  readonly advice: readonly string[];
  /** What stands before a report. */
  readonly error: readonly string[];
}
