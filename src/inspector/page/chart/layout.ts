import type { Chart, ChartArrow, Point } from '../../../../machines/chart.ts';

export { labelLines, linePath } from '../../../../machines/chart.ts';

interface Segment {
  readonly begin: Point;
  readonly end: Point;
  readonly length: number;
}

const segmentsOf = (points: readonly Point[]): readonly Segment[] =>
  points.slice(1).map((end, index) => {
    const begin = points[index] ?? end;
    return { begin, end, length: Math.hypot(end[0] - begin[0], end[1] - begin[1]) };
  });

/** Returns the centre of the box of a count: next to the longest segment of the line, on the side without its label. */
export const countAt = ({ points }: ChartArrow, text: string): Point => {
  const [first, ...others] = segmentsOf(points);
  const longest = others.reduce((best, one) => (one.length > (best?.length ?? 0) ? one : best), first);
  if (!longest) return [0, 0];
  const x = (longest.begin[0] + longest.end[0]) / 2;
  const y = (longest.begin[1] + longest.end[1]) / 2;
  const across = Math.abs(longest.end[0] - longest.begin[0]) >= Math.abs(longest.end[1] - longest.begin[1]);
  if (!across) return [x - countWidth(text) / 2 - 7, y];
  // A box wider than its segment extends past the arrowhead, where there is space, and not over the previous state.
  return [Math.max(x, Math.min(longest.begin[0], longest.end[0]) + countWidth(text) / 2 + 2), y + 15];
};

/** Returns the width of the box of a count. */
export const countWidth = (text: string): number => 12 + 7.2 * text.length;

/** The start and end points of the chart: the outer ends of the transitions from and to `[*]`. */
export const outsides = ({
  arrows,
}: Chart): { readonly begins: readonly Point[]; readonly ends: readonly Point[] } => ({
  begins: arrows.flatMap(({ from, points }) => (from === '[*]' && points[0] ? [points[0]] : [])),
  ends: arrows.flatMap(({ to, points }) => {
    const end = points.at(-1);
    return to === '[*]' && end ? [[end[0] + 10, end[1]] as const] : [];
  }),
});
