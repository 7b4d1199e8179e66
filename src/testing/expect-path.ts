import { AssertionError } from 'node:assert';
import type { StateName } from '../../machines/chart.ts';
import type { RunReport } from '../model/run.ts';

/** A run whose states are known. */
export interface PathOfRun extends Partial<Pick<RunReport, 'tool' | 'status' | 'refusal' | 'diagnosis'>> {
  readonly path: readonly StateName[];
}

const arrows = (path: readonly string[]): string => (path.length === 0 ? '(no state at all)' : path.join(' -> '));

const endOf = ({ status, refusal, diagnosis }: PathOfRun): string => {
  if (status === undefined) return '';
  const why = refusal == null ? '' : `, ${refusal.code}: ${refusal.reason}`;
  const what = diagnosis == null ? '' : ` (${diagnosis.class}, ${diagnosis.pattern})`;
  return `\nIt ended ${status}${what}${why}.`;
};

/**
 * Asserts that a run has come through exactly these states, in this order.
 *
 * @throws AssertionError of `node:assert`, which every test runner shows with both paths, and with how the run ended.
 */
export const expectPath = (run: PathOfRun, states: readonly StateName[]): void => {
  const { path, tool } = run;
  if (path.length === states.length && path.every((state, at) => state === states[at])) return;
  throw new AssertionError({
    message: `The run${tool === undefined ? '' : ` of ${tool}`} took the path\n  ${arrows(path)}\nand not\n  ${arrows(states)}${endOf(run)}`,
    actual: path,
    expected: states,
    operator: 'expectPath',
    stackStartFn: expectPath,
  });
};
