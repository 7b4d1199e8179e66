import type { Channel, Delivery, DiagnosisClass, FixName, Phase, Situation } from './words.ts';

/** One output of a tool, as it came. */
export interface ToolOutput {
  readonly tool: string;
  readonly channel: Channel;
  /** What the tool returned; for the channels `result` and `isError`. */
  readonly value?: unknown;
  /** What the tool threw; for the channel `exception`. */
  readonly error?: unknown;
}

/** What healflow makes of one output. Every text in it is redacted. */
export interface Diagnosis {
  readonly failure: boolean;
  readonly class: DiagnosisClass;
  /** A finer name within the class, such as `forbidden` or `token_expired`; null where there is none. */
  readonly subclass: string | null;
  /** The id of the pattern or structural rule that decided, such as `http.401`. */
  readonly pattern: string;
  /** The fixes proposed, the best first, whether or not they are configured. */
  readonly fixes: readonly FixName[];
  /** The piece of the output that was matched, at most 200 characters. */
  readonly evidence: string;
  /** The failure in one line of at most 300 characters, as the log shows it. */
  readonly summary: string;
  /** The row of the repeat policy's table. */
  readonly situation: Situation;
  readonly phase: Phase;
  readonly delivered: Delivery;
  /** Why `delivered` says so, in words. */
  readonly deliveredBecause: string;
  /** The wait that the output itself asks for, in ms. */
  readonly retryAfterMs: number | null;
}

/** Masks secrets in a text. Never throws. */
export type Redact = (text: string) => string;
