/** The way to a value: keys of maps and indices of lists. */
export type Path = readonly (string | number)[];

/** One fault of a configuration. */
export interface Problem {
  readonly path: Path;
  /** The part of the path that is meant: the value, its key, or the key of the map around it. @default 'value' */
  readonly at?: 'value' | 'key' | 'owner' | undefined;
  /** What is wrong, without a full stop. */
  readonly problem: string;
  /** What to do about it, if that is known. */
  readonly advice?: string | undefined;
  /** Position in the text of the value, in characters from 0. */
  readonly offset?: number | undefined;
}
