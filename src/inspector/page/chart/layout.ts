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

/** The middle of the box that a count of `text` stands in: beside the longest piece of the line, away from its label. */
export const countAt = ({ points }: ChartArrow, text: string): Point => {
  const [first, ...others] = segmentsOf(points);
  const longest = others.reduce((best, one) => (one.length > (best?.length ?? 0) ? one : best), first);
  if (!longest) return [0, 0];
  const x = (longest.begin[0] + longest.end[0]) / 2;
  const y = (longest.begin[1] + longest.end[1]) / 2;
  const across = Math.abs(longest.end[0] - longest.begin[0]) >= Math.abs(longest.end[1] - longest.begin[1]);
  if (!across) return [x - countWidth(text) / 2 - 7, y];
  // What is wider than its line hangs over the tip, where there is room, and not over the box before it.
  return [Math.max(x, Math.min(longest.begin[0], longest.end[0]) + countWidth(text) / 2 + 2), y + 15];
};

/** The width of the box that a count stands in. */
export const countWidth = (text: string): number => 12 + 7.2 * text.length;

/** Where a run comes from and where it goes to: the outer ends of the arrows from and to `[*]`. */
export const outsides = ({
  arrows,
}: Chart): { readonly begins: readonly Point[]; readonly ends: readonly Point[] } => ({
  begins: arrows.flatMap(({ from, points }) => (from === '[*]' && points[0] ? [points[0]] : [])),
  ends: arrows.flatMap(({ to, points }) => {
    const end = points.at(-1);
    return to === '[*]' && end ? [[end[0] + 10, end[1]] as const] : [];
  }),
});
