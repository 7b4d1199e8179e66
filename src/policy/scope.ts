import { toolDefaults } from '../config/defaults.ts';
import type { Diagnosis } from '../model/diagnosis.ts';

/** What a failure concerns: those of one scope share a circuit breaker, a retry budget and a pace. */
export interface Scope {
  readonly key: string;
  /** Its name in a sentence. */
  readonly text: string;
}

/** What a scope is computed from. */
export interface ScopedTool {
  readonly tool: string;
  readonly upstream: string;
}

/**
 * What a failure of a tool concerns. Tools for which the config names one upstream share it. For all other tools, a failure that
 * healflow itself saw concerns what they all are reached through; what a tool reports of its own service concerns this tool alone.
 */
export const scopeOf = ({ tool, upstream }: ScopedTool, grade: Diagnosis['grade']): Scope =>
  upstream === toolDefaults.upstream && grade === 'report'
    ? { key: `tool ${tool}`, text: `the service of ${tool}` }
    : { key: upstream, text: `upstream ${upstream}` };
