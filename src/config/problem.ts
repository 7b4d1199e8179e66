import type { Redact } from '../model/diagnosis.ts';

/** The way to a value: keys of maps and indices of lists. */
export type Path = readonly (string | number)[];

/** Something that is wrong in a configuration. */
export interface Problem {
  readonly path: Path;
  /** What of the path is meant: the value, its key, or the key of the map around it. @default 'value' */
  readonly at?: 'value' | 'key' | 'owner' | undefined;
  readonly message: string;
  /** Where in the text that stands there, in characters from 0. */
  readonly offset?: number | undefined;
}

/** A problem in words. */
export interface Finding {
  /** The place, the message, and what stands there. */
  readonly text: string;
  /** Findings are told in this order. */
  readonly order: number;
}

/** Where a configuration came from: it tells the place of a problem. */
export interface Source {
  /** Puts a problem into words. */
  describe(problem: Problem): Finding;
}

/** A configuration given as an object: places are told by path, as in `config.fixes.kube_login[0].timeoutMs`. */
export const objectSource = (name: string, redact: Redact): Source => ({
  describe: ({ path, at, message }) => {
    const shown = at === 'value' || at === undefined ? path : path.slice(0, -1);
    const place = shown.map((step) =>
      /^[A-Za-z_$][\w$]*$/.test(`${step}`) ? `.${step}` : `[${JSON.stringify(step)}]`,
    );
    return { text: redact(`${name}${place.join('')}: ${message}`), order: 0 };
  },
});
