/** Why no fix was run, or the call not repeated, as a code and in words. */
export interface Refusal {
  readonly code: string;
  readonly reason: string;
}
