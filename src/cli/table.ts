/** Formats rows as a table with columns two spaces apart; columns whose titles are in `right` are right-aligned. */
export const table = (
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  right: ReadonlySet<string>,
): string => {
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const set = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return right.has(titles[column] ?? '') ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return `${[titles, ...rows].map(set).join('\n')}\n`;
};
