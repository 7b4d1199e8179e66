export interface Piece {
  readonly text: string;
  readonly matched: boolean;
}

/** Splits `text` around the first occurrence of `evidence`, ignoring case; null if there is none. */
export const highlight = (text: string, evidence: string): readonly Piece[] | null => {
  if (evidence === '') return null;
  const exact = text.indexOf(evidence);
  // Converting to lower case may change the length; the offsets would then not match.
  const lower = text.toLowerCase();
  const start = exact >= 0 || lower.length !== text.length ? exact : lower.indexOf(evidence.toLowerCase());
  if (start < 0) return null;
  const end = start + evidence.length;
  return [
    { text: text.slice(0, start), matched: false },
    { text: text.slice(start, end), matched: true },
    { text: text.slice(end), matched: false },
  ].filter((piece) => piece.text !== '');
};
