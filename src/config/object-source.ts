import type { Redact } from '../model/diagnosis.ts';
import { maskPath, maskProblem, type Source } from './finding.ts';
import type { Path } from './problem.ts';

const showStep = (step: string | number): string =>
  /^[A-Za-z_$][\w$]*$/.test(`${step}`) ? `.${step}` : `[${JSON.stringify(step)}]`;

const showPath = (name: string, path: Path): string => `${name}${path.map(showStep).join('')}`;

/** Makes the source of a configuration that was given as an object: `config.fixes.kube_login[0].timeoutMs` is a place. */
export const objectSource = (name: string, redact: Redact): Source => ({
  locate: (problem) => {
    const { path, at = 'value' } = problem;
    const shown = at === 'value' ? path : path.slice(0, -1);
    return {
      ...maskProblem(problem, redact),
      place: { file: null, line: null, column: null, path: maskPath(path, redact) },
      shownPlace: redact(showPath(name, shown)),
      excerpt: null,
      order: 0,
    };
  },
});
