/** The rendered rows of a long list. */
export interface RowWindow {
  readonly first: number;
  /** The index after the last rendered row. */
  readonly end: number;
  /** Maximum number of rows in a window of this height. */
  readonly most: number;
}

/** Returns the visible rows and `beyond` more on each side, so that they are ready while scrolling. */
export const windowOf = (
  { top, height, rowHeight, rows }: { top: number; height: number; rowHeight: number; rows: number },
  beyond = 8,
): RowWindow => {
  const first = Math.min(Math.max(0, Math.floor(top / rowHeight) - beyond), Math.max(0, rows - 1));
  const end = Math.min(rows, Math.ceil((top + height) / rowHeight) + beyond);
  return { first, end, most: Math.ceil(height / rowHeight) + 1 + 2 * beyond };
};
