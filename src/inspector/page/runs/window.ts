/** Which rows of a long list are drawn. */
export interface RowWindow {
  readonly first: number;
  /** The first row that is not drawn any more. */
  readonly end: number;
  /** The most rows that any window of this height has. */
  readonly most: number;
}

/** The rows that can be seen, and `beyond` more on each side, so that scrolling meets them drawn. */
export const windowOf = (
  { top, height, rowHeight, rows }: { top: number; height: number; rowHeight: number; rows: number },
  beyond = 8,
): RowWindow => {
  const first = Math.min(Math.max(0, Math.floor(top / rowHeight) - beyond), Math.max(0, rows - 1));
  const end = Math.min(rows, Math.ceil((top + height) / rowHeight) + beyond);
  return { first, end, most: Math.ceil(height / rowHeight) + 1 + 2 * beyond };
};
