import { createDiagnoser, type Diagnoser } from '../../src/diagnosis/index.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';

/** A fixed time: 2026-11-24, 04:00 UTC. */
export const now = Date.UTC(2026, 10, 24, 4);

export const diagnoser: Diagnoser = createDiagnoser({ redact: (text) => text, now: () => now });

export const thrown = (error: unknown, tool = 'tool'): Diagnosis =>
  diagnoser.diagnose({ tool, channel: 'exception', error });

export const returned = (value: unknown, tool = 'tool'): Diagnosis =>
  diagnoser.diagnose({ tool, channel: 'result', value });

/** An error with these members, as libraries make them. */
export const errorWith = (message: string, members: object): Error => Object.assign(new Error(message), members);
