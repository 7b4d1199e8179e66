/** What is wrong with a set-up. */
export interface Trouble {
  /** Where it is: a place in the configuration, a file or a folder. */
  readonly at: string;
  /** What is wrong, without a full stop. */
  readonly problem: string;
  /** What to do about it. */
  readonly advice: string;
}

/** The machine that is examined. */
export interface Patient {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** The version of Node.js, as in `20.19.0`. */
  readonly nodeVersion: string;
  /** The path of this program. */
  readonly script: string;
}

/** A path of the configuration, as people write it: `fixes.own.tunnel[0].command`. */
export const shownPath = (path: readonly (string | number)[]): string =>
  path.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('');
