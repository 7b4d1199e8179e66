/** The shape of one kind of secret: what its issuer makes look the same in all of them. */
export interface ShapeRule {
  /** What it is, as the mask names it; unique. */
  readonly id: string;
  /** Who says that secrets look so. */
  readonly source: string;
  /** Every match holds one of these, so that a text without them need not be searched. */
  readonly hints: readonly string[];
  /** Global, and linear in the length of the text. Its first group, if any, is what stands before the secret. */
  readonly pattern: RegExp;
  /** Looks at a match once more where the expression alone cannot tell. */
  readonly accept?: (match: string) => boolean;
  /** Holds a secret of this shape; `{}` around the secret itself. */
  readonly example: string;
  /** Close to it, and no secret. */
  readonly counterexample: string;
}

/**
 * Nothing that would make the following letters a part of a longer word; the letter of an escaped line break and the
 * digits of a URL or Unicode escape are no such thing.
 */
export const start = String.raw`(?:(?<![A-Za-z0-9])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2})|(?<=\\u[0-9A-Fa-f]{4}))`;

/** Builds a global expression from parts of source. */
export const shape = (...parts: readonly string[]): RegExp => new RegExp(parts.join(''), 'g');
