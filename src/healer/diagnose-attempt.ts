import type { Diagnosis, ToolOutput } from '../model/diagnosis.ts';
import type { RawOutcome } from '../model/run.ts';
import { messageOf } from '../text/error-text.ts';
import { isEcho } from './echo.ts';

/** Diagnoses how a call ended; null if it succeeded. @param args The arguments of the call: a result that repeats them is no failure. */
export type DiagnoseAttempt = (
  tool: string,
  raw: RawOutcome<unknown>,
  args?: Readonly<Record<string, unknown>> | undefined,
) => Diagnosis | null;

const undiagnosed: Diagnosis = {
  failure: true,
  class: 'none',
  subclass: null,
  pattern: 'unexamined',
  fixes: [],
  evidence: '',
  summary: 'the failure could not be examined',
  situation: 'rejected',
  phase: 'unknown',
  grade: 'report',
  remainder: null,
  delivered: 'maybe',
  deliveredBecause: 'nothing is known of it',
  retryAfterMs: null,
};

/** Builds the diagnosis of attempts. If it breaks, a result passes as it is, and an error is not healed. */
export const createDiagnoseAttempt =
  (parts: {
    readonly looksHealthy: (value: unknown) => boolean;
    readonly diagnose: (output: ToolOutput) => Diagnosis;
    readonly warn: (message: string) => void;
  }): DiagnoseAttempt =>
  (tool, raw, args) => {
    try {
      if (raw.thrown) return parts.diagnose({ tool, channel: 'exception', error: raw.error });
      if (parts.looksHealthy(raw.value)) return null;
      const diagnosis = parts.diagnose({ tool, channel: 'result', value: raw.value });
      return diagnosis.failure && !isEcho(raw.value, args) ? diagnosis : null;
    } catch (error) {
      parts.warn(`the diagnosis broke: ${messageOf(error)}`);
      return raw.thrown ? undiagnosed : null;
    }
  };
