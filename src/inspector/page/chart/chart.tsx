import type { ChartArrow, ChartState } from '../../../../machines/chart.ts';
import type { StateOrOutside } from '../api/types.ts';
import { ScrollArea } from '../shell/scroll-area.tsx';
import { chart } from '../state/server.ts';
import { compact, counted } from '../text/format.ts';
import { countAt, countWidth, labelLines, linePath, outsides } from './layout.ts';
import { arrowKey, type Trail } from './trail.ts';

/** The overlay of the chart: the path of one run, or the counts of all runs. */
export interface Overlay {
  readonly label: string;
  /** The path of one run so far; null for all runs. */
  readonly trail: Trail | null;
  /** The number of times each transition was taken, by `From->To`. */
  readonly counts: ReadonlyMap<string, number>;
  /** The number of runs in each state. */
  readonly present: ReadonlyMap<StateOrOutside, number>;
  readonly highlighted: ReadonlySet<string>;
}

const classes = (names: Readonly<Record<string, boolean>>): string =>
  Object.keys(names)
    .filter((name) => names[name])
    .join(' ');

const Count = ({ arrow, value }: { arrow: ChartArrow; value: number }) => {
  const text = compact(value);
  const [x, y] = countAt(arrow, text);
  const width = countWidth(text);
  return (
    <g class="count">
      <rect x={x - width / 2} y={y - 9} width={width} height="18" rx="9" />
      <text x={x} y={y + 4}>
        {text}
      </text>
    </g>
  );
};

/** Selects the marker of a transition, because an SVG marker cannot inherit the colour of its line. */
const tipOf = ({ trail }: Overlay, { added }: ChartArrow, isLast: boolean, taken: number): string => {
  if (isLast) return 'last';
  if (trail) return taken > 0 ? 'taken' : 'idle';
  return added ? 'added' : 'plain';
};

const Arrow = ({ arrow, overlay }: { arrow: ChartArrow; overlay: Overlay }) => {
  const { from, to, label, added, points, labelAt } = arrow;
  const key = arrowKey(from, to);
  const taken = overlay.counts.get(key) ?? 0;
  const isLast = overlay.trail?.last === key;
  // For one run, a count is shown only if the transition was taken more than once.
  const isCounted = overlay.trail ? taken > 1 : taken > 0;
  return (
    // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: a group of drawings, not a control
    <g
      class={classes({ arrow: true, added, taken: taken > 0, last: isLast, highlighted: overlay.highlighted.has(key) })}
      data-from={from}
      data-to={to}
      role="img"
      aria-label={`${from === '[*]' ? 'Start' : from} to ${to === '[*]' ? 'end' : to}${label && `, ${label}`}: taken ${counted(taken, 'time')}`}
    >
      <path class="line" d={linePath(points)} marker-end={`url(#${tipOf(overlay, arrow, isLast, taken)}-tip)`} />
      {label !== '' && (
        <text class="label" y={labelAt.y} text-anchor={labelAt.anchor}>
          {labelLines(arrow).map((line, index) => (
            <tspan key={line} x={labelAt.x} dy={index === 0 ? 0 : 14}>
              {line}
            </tspan>
          ))}
        </text>
      )}
      {isCounted && <Count arrow={arrow} value={taken} />}
    </g>
  );
};

const State = ({ state, overlay }: { state: ChartState; overlay: Overlay }) => {
  const { name, description, kind, x, y, width, height } = state;
  const { trail, present, highlighted } = overlay;
  const visits = trail?.states.get(name) ?? 0;
  const here = present.get(name) ?? 0;
  const isCurrent = trail?.at === name;
  const center = x + width / 2;
  const says = [
    `${name}. ${description}`,
    isCurrent && 'The run is here.',
    !isCurrent && visits > 0 && 'The run was here.',
    !trail && here > 0 && `${counted(here, 'run')} here now.`,
  ];
  const reached = [...highlighted].some((key) => key.endsWith(`->${name}`));
  return (
    // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: a group of drawings, not a control
    <g
      class={classes({
        state: true,
        [kind]: true,
        visited: visits > 0,
        current: isCurrent,
        occupied: !trail && here > 0,
        highlighted: reached,
      })}
      data-state={name}
      role="img"
      aria-label={says.filter(Boolean).join(' ')}
    >
      <rect class="box" x={x} y={y} width={width} height={height} rx="10" />
      <text class="name" x={center} y={y + height / 2 - 3}>
        {name}
      </text>
      <text class="says" x={center} y={y + height / 2 + 16}>
        {description}
      </text>
      {!trail && here > 0 && (
        <g class="present">
          <circle cx={x + width - 2} cy={y + 2} r="12" />
          <text x={x + width - 2} y={y + 6.5}>
            {compact(here)}
          </text>
        </g>
      )}
    </g>
  );
};

const Tip = ({ id }: { id: string }) => (
  <marker
    id={`${id}-tip`}
    viewBox="0 0 10 10"
    refX="9"
    refY="5"
    markerWidth="9"
    markerHeight="9"
    markerUnits="userSpaceOnUse"
    orient="auto-start-reverse"
  >
    <path class={`tip ${id}`} d="M0 0L10 5L0 10z" />
  </marker>
);

/** The chart of a healing run with the overlay. */
export const ChartView = ({ overlay }: { overlay: Overlay }) => {
  const { width, height, states, arrows } = chart.value;
  const { begins, ends } = outsides(chart.value);
  return (
    <ScrollArea class="chart-frame" label={overlay.label}>
      {/* biome-ignore lint/a11y/useSemanticElements: not a set of form fields */}
      <svg
        class={overlay.trail ? 'chart of-run' : 'chart of-all'}
        viewBox={`0 0 ${width} ${height}`}
        role="group"
        aria-label={`The chart: ${counted(states.length, 'state')}, ${counted(arrows.length, 'transition')}`}
      >
        <defs>
          <Tip id="plain" />
          <Tip id="added" />
          <Tip id="last" />
          <Tip id="taken" />
          <Tip id="idle" />
        </defs>
        {arrows.map((arrow) => (
          <Arrow key={arrowKey(arrow.from, arrow.to)} arrow={arrow} overlay={overlay} />
        ))}
        {begins.map(([x, y]) => (
          <circle key={`begin ${x} ${y}`} class="dot" cx={x} cy={y} r="8" />
        ))}
        {ends.map(([x, y]) => (
          <g key={`end ${x} ${y}`}>
            <circle class="ring" cx={x} cy={y} r="10" />
            <circle class="dot" cx={x} cy={y} r="5" />
          </g>
        ))}
        {states.map((state) => (
          <State key={state.name} state={state} overlay={overlay} />
        ))}
      </svg>
    </ScrollArea>
  );
};
