import type { Redact } from '../model/diagnosis.ts';
import { blankControls } from '../text/sanitize.ts';
import type { Path, Problem } from './problem.ts';

/** The place of a finding. */
export interface Place {
  /** The file as people write it; null for a configuration that was given as an object. */
  readonly file: string | null;
  /** Counted from 1; null without a file. */
  readonly line: number | null;
  /** Counted from 1; null without a file. */
  readonly column: number | null;
  /** The keys and indices that lead there; empty for a syntax error. */
  readonly path: Path;
}

/** A problem and its place, with secrets masked. */
export interface Finding {
  readonly place: Place;
  readonly problem: string;
  readonly advice: string | null;
  /** The place as it is shown to people. */
  readonly shownPlace: string;
  /** The line of the file, with carets under the place; null without a file. */
  readonly excerpt: string | null;
  /** Findings are shown in this order. */
  readonly order: number;
}

/** A configuration's origin, which knows the place of each of its values. */
export interface Source {
  /** Finds the place of a problem. */
  locate(problem: Problem): Finding;
}

/** Masks what a problem says, and keeps it on one line. */
export const maskProblem = (
  { problem, advice }: Pick<Problem, 'problem' | 'advice'>,
  redact: Redact,
): Pick<Finding, 'problem' | 'advice'> => {
  const masked = (text: string): string => blankControls(redact(text));
  return { problem: masked(problem), advice: advice === undefined ? null : masked(advice) };
};

/** Masks the keys of a path. */
export const maskPath = (path: Path, redact: Redact): Path =>
  path.map((step) => (typeof step === 'string' ? redact(step) : step));

/** Writes a finding for people: the place, what is wrong, what to do, and the line of the file. */
export const findingText = ({ shownPlace, problem, advice, excerpt }: Finding): string => {
  const statement = advice === null ? problem : `${problem}; ${advice}`;
  const heading = `${shownPlace}: ${statement}`;
  return excerpt === null ? heading : `${heading}\n${excerpt}`;
};

/** Sorts findings into the order of the file. */
export const inFileOrder = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort((one, other) => one.order - other.order);
