import type { Chart, ChartArrow, Point } from '../../../../machines/chart.ts';

/** How round the corners of an arrow are. */
const radius = 10;

const toward = ([x, y]: Point, [otherX, otherY]: Point): Point => {
  const length = Math.hypot(otherX - x, otherY - y) || 1;
  return [x + ((otherX - x) / length) * radius, y + ((otherY - y) / length) * radius];
};

/** The line of an arrow as the `d` of an SVG path. */
export const linePath = (points: readonly Point[]): string =>
  points
    .map((point, index) => {
      const before = points[index - 1];
      const after = points[index + 1];
      if (!before) return `M${point}`;
      return after ? `L${toward(point, before)} Q${point} ${toward(point, after)}` : `L${point}`;
    })
    .join(' ');

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

/** Breaks a label of more than 18 characters after its comma, unless its arrow is long enough for all of it. */
export const labelLines = ({ label, points }: ChartArrow): readonly string[] => {
  const length = segmentsOf(points).reduce((sum, segment) => sum + segment.length, 0);
  return label.length > 18 && label.length * 7 > length ? label.split(/(?<=,) /) : [label];
};

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
