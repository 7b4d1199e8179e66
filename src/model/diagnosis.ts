import type { Channel, Delivery, DiagnosisClass, EvidenceGrade, FixName, Phase, Situation } from './terms.ts';

/** One output of a tool: a returned value or a thrown error. */
export interface ToolOutput {
  /** The name of the tool. */
  readonly tool: string;
  /** How the tool gave its output. */
  readonly channel: Channel;
  /** The returned value; for the channels `result` and `isError`. */
  readonly value?: unknown;
  /** The thrown error; for the channel `exception`. */
  readonly error?: unknown;
}

/** What a report says besides its failure: something that may have happened before. */
export interface Remainder {
  /** The words, at most 80 characters; redacted. */
  readonly text: string;
  /** Whether they come before or after the words of the failure, or with it, such as in another member of an error body. */
  readonly place: 'before' | 'after' | 'with';
}

/** What one output of a tool was recognised as. All of its texts are redacted. */
export interface Diagnosis {
  /** Whether the output is a failure. */
  readonly failure: boolean;
  /** The class of the failure; `none` for a healthy output. */
  readonly class: DiagnosisClass;
  /** A finer name within the class, such as `forbidden` or `token_expired`; null if there is none. */
  readonly subclass: string | null;
  /** The id of the pattern or structural rule that decided, such as `http.401`. */
  readonly pattern: string;
  /** The proposed fixes, the best first, whether or not they are configured. */
  readonly fixes: readonly FixName[];
  /** The part of the output that was matched, at most 200 characters. */
  readonly evidence: string;
  /** The failure in one line of at most 300 characters, as in the log. */
  readonly summary: string;
  /** The kind of failure on which it depends whether the call may be retried. */
  readonly situation: Situation;
  /** Whether the tool's own backend failed before anything was changed. */
  readonly phase: Phase;
  /** Whether healflow itself saw the failure, or the tool reports it. */
  readonly grade: EvidenceGrade;
  /** What a report says besides its failure; null if the failure is the whole story, and for a proof. */
  readonly remainder: Remainder | null;
  /** Whether the call can have taken effect. A report says `no` only if it is the whole story. */
  readonly delivered: Delivery;
  /** The reason for `delivered`, in words. */
  readonly deliveredBecause: string;
  /** The wait that the output asks for, in ms, such as that of `Retry-After` (RFC 9110, section 10.2.3); null if none. */
  readonly retryAfterMs: number | null;
  /** A `Retry-After` that cannot be read, at most 80 characters; the default wait of the fix applies then. */
  readonly unreadableRetryAfter?: string;
}

/** Masks secrets in a text. Never throws. */
export type Redact = (text: string) => string;
