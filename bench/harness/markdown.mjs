const line = (cells) => `| ${cells.join(' | ')} |`;

/** A table as Markdown; its first column names the rows. */
export const tableOf = ({ title, head, rows }) =>
  [
    ...(title === undefined ? [] : [`**${title}**`, '']),
    line(head),
    line(head.map((_, column) => (column === 0 ? '---' : '---:'))),
    ...rows.map(line),
    '',
  ].join('\n');

const boundOf = ({ atMost, atLeast, unit = '' }) =>
  atMost === undefined ? `at least ${atLeast}${unit}` : `at most ${atMost}${unit}`;

/** A table of the bounds, and whether each holds. */
export const marksOf = (marks) =>
  marks.length === 0
    ? ''
    : tableOf({
        head: ['requirement', 'bound', 'measured', ''],
        rows: marks.map(({ unit = '', ...mark }) => [
          mark.what,
          boundOf({ ...mark, unit }),
          `${mark.measured}${unit}`,
          mark.holds ? 'holds' : '**missed**',
        ]),
      });
