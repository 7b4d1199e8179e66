import type { FixName } from './terms.ts';

/** A question about a fix that the response to a call asks. */
export interface DeferredQuestion {
  readonly fix: FixName;
  /** A digest of what would run: a decision counts for nothing else. */
  readonly digest: string;
  /** The whole question, ready to be shown; redacted. */
  readonly text: string;
  readonly isFleetWide: boolean;
  /** The question to the approvers of the fleet; undefined if the user of the client decides. */
  readonly asked?: { readonly id: string; readonly endsInMs: number } | undefined;
}

/**
 * Asks the user of a client that is asked by responses, and comes back with the decision: the run ends with the question, and
 * another one goes on with it, in this process or another one.
 */
export interface Deferral {
  /** Whether the client can show a form to its user. */
  readonly canAsk: boolean;
  /** What the client has come back with. */
  readonly decision?: { readonly digest: string; readonly isApproved: boolean } | undefined;
  /** Set by a fix that could not run without a decision. */
  question?: DeferredQuestion | undefined;
}
