import { messageOf } from '../errors.ts';
import type { Diagnosis, ToolOutput } from '../model/diagnosis.ts';
import type { Ended } from './attempt.ts';

/** Diagnoses how a call ended; null where it went well. */
export type Examine = (tool: string, ended: Ended<unknown>) => Diagnosis | null;

const unexamined: Diagnosis = {
  failure: true,
  class: 'none',
  subclass: null,
  pattern: 'unexamined',
  fixes: [],
  evidence: '',
  summary: 'the failure could not be examined',
  situation: 'rejected',
  phase: 'unknown',
  delivered: 'maybe',
  deliveredBecause: 'nothing is known of it',
  retryAfterMs: null,
};

/** Builds the examination of ended calls. One that breaks takes a result as it is, and heals no error. */
export const createExamine =
  (parts: {
    readonly looksHealthy: (value: unknown) => boolean;
    readonly diagnose: (output: ToolOutput) => Diagnosis;
    readonly warn: (message: string) => void;
  }): Examine =>
  (tool, ended) => {
    try {
      if (ended.thrown) return parts.diagnose({ tool, channel: 'exception', error: ended.error });
      if (parts.looksHealthy(ended.value)) return null;
      const diagnosis = parts.diagnose({ tool, channel: 'result', value: ended.value });
      return diagnosis.failure ? diagnosis : null;
    } catch (error) {
      parts.warn(`the diagnosis broke: ${messageOf(error)}`);
      return ended.thrown ? unexamined : null;
    }
  };
