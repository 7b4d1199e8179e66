import { AssertionError } from 'node:assert';
import type { StateName } from '../../machines/chart.ts';
import type { RunReport } from '../model/run.ts';

/** A run with its states. */
export interface PathOfRun extends Partial<Pick<RunReport, 'tool' | 'status' | 'refusal' | 'diagnosis'>> {
  /** The states that the run entered, in order. */
  readonly path: readonly StateName[];
}

const pathText = (path: readonly string[]): string => (path.length === 0 ? '(no states)' : path.join(' -> '));

const endOf = ({ status, refusal, diagnosis }: PathOfRun): string => {
  if (status === undefined) return '';
  const why = refusal == null ? '' : `, ${refusal.code}: ${refusal.reason}`;
  const what = diagnosis == null ? '' : ` (${diagnosis.class}, ${diagnosis.pattern})`;
  return `\nIt ended ${status}${what}${why}.`;
};

/**
 * Asserts that a run entered exactly these states, in this order.
 *
 * @throws AssertionError of `node:assert`, which shows both paths and how the run ended.
 */
export const expectPath = (run: PathOfRun, states: readonly StateName[]): void => {
  const { path, tool } = run;
  if (path.length === states.length && path.every((state, at) => state === states[at])) return;
  throw new AssertionError({
    message: `The run${tool === undefined ? '' : ` of ${tool}`} took the path\n  ${pathText(path)}\nand not\n  ${pathText(states)}${endOf(run)}`,
    actual: path,
    expected: states,
    operator: 'expectPath',
    stackStartFn: expectPath,
  });
};
