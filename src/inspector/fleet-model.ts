/** Something that is read from the database of the fleet while the page is looked at. */
export interface Read<T> {
  /** What was read last; null if it never was. */
  readonly value: T | null;
  /** Why the last read failed; null if it succeeded. */
  readonly problem: string | null;
  /** How old the value is. */
  readonly ageMs: number;
}

/** What the page sends to decide an approval. */
export interface DecisionRequest {
  readonly approve: boolean;
  readonly reason: string | null;
}
