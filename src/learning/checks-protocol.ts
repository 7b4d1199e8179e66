import type { OpenFailure } from './waiting-calls.ts';

/** The folder in the state folder with a file for each process that offers checks. */
export const checksFolder = 'waiting-calls';

/** The longest time that one check may take, in ms. */
export const maxCheckMs = 60_000;

/** A waiting call as another process sees it. */
export interface OfferedCall extends OpenFailure {
  /** A keyed digest of the arguments; null if they are not known. */
  readonly args: string | null;
  /** The folder of the log of its process. */
  readonly memoryDir: string;
}
