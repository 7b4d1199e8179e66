/** The shape of one kind of secret: what its issuer makes look the same in all of them. */
export interface ShapeRule {
  /** What it is, as the mask names it; unique. */
  readonly id: string;
  /** Who says that secrets look so. */
  readonly source: string;
  /** Every match holds one of these; a text without them need not be searched. None: it is searched always. */
  readonly hints: readonly string[];
  /** The hints stand in ordinary text, too. */
  readonly common?: true;
  /** Global, and linear in the length of the text. Its first group, if any, is what is before the secret. */
  readonly pattern: RegExp;
  /** It counts only if nothing is before it that would make it a part of a longer word. */
  readonly bounded?: true;
  /** Looks at a match once more where the expression alone cannot tell. */
  readonly accept?: (match: string) => boolean;
  /** Holds a secret of this shape; `{}` around the secret itself. */
  readonly example: string;
  /** Close to it, and no secret. */
  readonly counterexample: string;
}

/** Builds a global expression from parts of source. */
export const shape = (...parts: readonly string[]): RegExp => new RegExp(parts.join(''), 'g');
