/** The nine states of a healing run. */
export type StateName =
  | 'Executing'
  | 'ErrorDetected'
  | 'Analyzing'
  | 'FixAvailable'
  | 'ApplyingFix'
  | 'Retrying'
  | 'Success'
  | 'NoFix'
  | 'Logging';

/** The pseudo-state before the first and after the last state of a run. */
export type OutsideName = '[*]';

/** One state of the chart, with its place in the drawing. */
export interface ChartState {
  /** The state's name in the machine and in every report. */
  readonly name: StateName;
  /** What happens there, in one short sentence. */
  readonly description: string;
  /** `service`: waits for a service · `transient`: left at once · `final`: the run ends there. */
  readonly kind: 'service' | 'transient' | 'final';
  /** The left edge of its box, in units of the drawing. */
  readonly x: number;
  /** The top edge of its box. */
  readonly y: number;
  /** The width of its box. */
  readonly width: number;
  /** The height of its box. */
  readonly height: number;
}

/** A point of the drawing, from its top left corner. */
export type Point = readonly [x: number, y: number];

/** One transition of the chart, with its line in the drawing. */
export interface ChartArrow {
  /** The state that it leaves. */
  readonly from: StateName | OutsideName;
  /** The state that it enters. */
  readonly to: StateName | OutsideName;
  /** The condition under which it is taken; empty if there is none. */
  readonly label: string;
  /** Whether it was added to the documented chart: it is taken only while attempts and time are left. */
  readonly added: boolean;
  /** The corners of its line, from its start to its tip. */
  readonly points: readonly Point[];
  /** The place of the label: the middle of its first baseline, or its left end. */
  readonly labelAt: { readonly x: number; readonly y: number; readonly anchor: 'middle' | 'start' };
}

/** The chart of a healing run as data, with its drawing. */
export interface Chart {
  /** The width of the drawing. */
  readonly width: number;
  /** The height of the drawing. */
  readonly height: number;
  /** The nine states. */
  readonly states: readonly ChartState[];
  /** The transitions, the first from and the last to the outside. */
  readonly arrows: readonly ChartArrow[];
}

const deepFreeze = <T extends object>(value: T): T => {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part);
  return Object.freeze(value);
};

const size = { width: 172, height: 56 };
// The middles of the four columns and of the three rows of boxes.
const [first, second, third, fourth] = [202, 448, 694, 1000];
const [top, middle, bottom] = [72, 200, 328];
const [halfWidth, halfHeight] = [size.width / 2, size.height / 2];
const at = (column: number, row: number) => ({ x: column - halfWidth, y: row - halfHeight, ...size });

/** The chart of a healing run: nine states, fourteen documented transitions, and one added transition. Frozen. */
export const chart: Chart = deepFreeze<Chart>({
  width: 1152,
  height: 436,
  states: [
    { name: 'Executing', description: 'Calls the tool.', kind: 'service', ...at(first, top) },
    { name: 'ErrorDetected', description: 'The call failed.', kind: 'transient', ...at(first, middle) },
    { name: 'Analyzing', description: 'Finds out why.', kind: 'service', ...at(first, bottom) },
    { name: 'FixAvailable', description: 'A fix is known.', kind: 'transient', ...at(second, bottom) },
    { name: 'ApplyingFix', description: 'Runs the fix.', kind: 'service', ...at(third, bottom) },
    { name: 'Retrying', description: 'Repeats the call.', kind: 'service', ...at(third, middle) },
    { name: 'Success', description: 'The call succeeded.', kind: 'transient', ...at(third, top) },
    { name: 'NoFix', description: 'The failure stays.', kind: 'transient', ...at(fourth, bottom) },
    { name: 'Logging', description: 'Writes the event.', kind: 'final', ...at(fourth, top) },
  ],
  arrows: [
    {
      from: '[*]',
      to: 'Executing',
      label: 'tool called',
      added: false,
      points: [
        [30, top],
        [first - halfWidth, top],
      ],
      labelAt: { x: 76, y: top - 8, anchor: 'middle' },
    },
    {
      from: 'Executing',
      to: 'Success',
      label: 'succeeded',
      added: false,
      points: [
        [first + halfWidth, top],
        [third - halfWidth, top],
      ],
      labelAt: { x: second, y: top - 8, anchor: 'middle' },
    },
    {
      from: 'Executing',
      to: 'ErrorDetected',
      label: 'failed',
      added: false,
      points: [
        [first, top + halfHeight],
        [first, middle - halfHeight],
      ],
      labelAt: { x: first + 10, y: (top + middle) / 2 + 4, anchor: 'start' },
    },
    {
      from: 'ErrorDetected',
      to: 'Analyzing',
      label: '',
      added: false,
      points: [
        [first, middle + halfHeight],
        [first, bottom - halfHeight],
      ],
      labelAt: { x: first + 10, y: (middle + bottom) / 2 + 4, anchor: 'start' },
    },
    {
      from: 'Analyzing',
      to: 'FixAvailable',
      label: 'fix found',
      added: false,
      points: [
        [first + halfWidth, bottom],
        [second - halfWidth, bottom],
      ],
      labelAt: { x: (first + second) / 2, y: bottom - 8, anchor: 'middle' },
    },
    {
      from: 'Analyzing',
      to: 'NoFix',
      label: 'no fix found',
      added: false,
      points: [
        [first, bottom + halfHeight],
        [first, 408],
        [fourth, 408],
        [fourth, bottom + halfHeight],
      ],
      labelAt: { x: second, y: 400, anchor: 'middle' },
    },
    {
      from: 'FixAvailable',
      to: 'ApplyingFix',
      label: '',
      added: false,
      points: [
        [second + halfWidth, bottom],
        [third - halfWidth, bottom],
      ],
      labelAt: { x: (second + third) / 2, y: bottom - 8, anchor: 'middle' },
    },
    {
      from: 'ApplyingFix',
      to: 'Retrying',
      label: 'fixed, may repeat',
      added: false,
      points: [
        [third, bottom - halfHeight],
        [third, middle + halfHeight],
      ],
      labelAt: { x: third + 10, y: (middle + bottom) / 2 + 4, anchor: 'start' },
    },
    {
      from: 'ApplyingFix',
      to: 'NoFix',
      label: 'not fixed, or may not repeat',
      added: false,
      points: [
        [third + halfWidth, bottom],
        [fourth - halfWidth, bottom],
      ],
      labelAt: { x: (third + fourth) / 2, y: bottom - 22, anchor: 'middle' },
    },
    {
      from: 'Retrying',
      to: 'Success',
      label: 'succeeded',
      added: false,
      points: [
        [third, middle - halfHeight],
        [third, top + halfHeight],
      ],
      labelAt: { x: third + 10, y: (top + middle) / 2 + 4, anchor: 'start' },
    },
    {
      from: 'Retrying',
      to: 'NoFix',
      label: 'failed again',
      added: false,
      points: [
        [third + halfWidth, middle],
        [fourth - 44, middle],
        [fourth - 44, bottom - halfHeight],
      ],
      labelAt: { x: (third + halfWidth + fourth - 44) / 2, y: middle - 8, anchor: 'middle' },
    },
    {
      from: 'Retrying',
      to: 'ErrorDetected',
      label: 'failed again, attempts and time left',
      added: true,
      points: [
        [third - halfWidth, middle],
        [first + halfWidth, middle],
      ],
      labelAt: { x: second, y: middle - 8, anchor: 'middle' },
    },
    {
      from: 'Success',
      to: 'Logging',
      label: '',
      added: false,
      points: [
        [third + halfWidth, top],
        [fourth - halfWidth, top],
      ],
      labelAt: { x: (third + fourth) / 2, y: top - 8, anchor: 'middle' },
    },
    {
      from: 'NoFix',
      to: 'Logging',
      label: '',
      added: false,
      points: [
        [fourth + 24, bottom - halfHeight],
        [fourth + 24, top + halfHeight],
      ],
      labelAt: { x: fourth + 34, y: middle + 4, anchor: 'start' },
    },
    {
      from: 'Logging',
      to: '[*]',
      label: '',
      added: false,
      points: [
        [fourth + halfWidth, top],
        [fourth + halfWidth + 36, top],
      ],
      labelAt: { x: fourth + halfWidth + 12, y: top - 8, anchor: 'middle' },
    },
  ],
});

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

/** Breaks a label of more than 18 characters after its comma, unless its arrow is long enough for all of it. */
export const labelLines = ({ label, points }: ChartArrow): readonly string[] => {
  const length = points.reduce((sum, [x, y], index) => {
    const before = points[index - 1];
    return before ? sum + Math.hypot(x - before[0], y - before[1]) : 0;
  }, 0);
  return label.length > 18 && label.length * 7 > length ? label.split(/(?<=,) /) : [label];
};
