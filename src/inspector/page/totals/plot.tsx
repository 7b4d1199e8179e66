import type { ComponentChildren } from 'preact';
import { ScrollArea } from '../shell/scroll-area.tsx';
import { compact } from '../text/format.ts';
import { roundUp, spread } from './scale.ts';

export interface Series {
  /** The CSS class that sets its colour: `is-healed`. */
  readonly kind: string;
  readonly word: string;
}

export interface Column {
  readonly label: string;
  /** One value per series. */
  readonly values: readonly number[];
}

const size = { width: 720, height: 190, left: 62, right: 8, top: 14, bottom: 30 };
const plotWidth = size.width - size.left - size.right;
const plotHeight = size.height - size.top - size.bottom;

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

const Bar = ({
  column,
  at,
  of,
  top,
  series,
}: {
  column: Column;
  at: number;
  of: number;
  top: number;
  series: readonly Series[];
}) => {
  const step = plotWidth / of;
  const gap = Math.min(3, step * 0.2);
  let y = size.top + plotHeight;
  return (
    <g>
      {column.values.map((value, index) => {
        const height = (value / top) * plotHeight;
        y -= height;
        return (
          <rect
            key={series[index]?.kind}
            class={`bar ${series[index]?.kind ?? ''}`}
            x={size.left + at * step + gap / 2}
            y={y}
            width={Math.max(0.5, step - gap)}
            height={height}
          />
        );
      })}
    </g>
  );
};

interface PlotProps {
  readonly id: string;
  readonly title: string;
  /** The header of the column names: `Hour`. */
  readonly of: string;
  readonly series: readonly Series[];
  readonly columns: readonly Column[];
  readonly children?: ComponentChildren;
}

const Legend = ({ series }: { series: readonly Series[] }) =>
  series.length < 2 ? null : (
    <ul class="legend">
      {series.map(({ kind, word }) => (
        <li key={kind} class={kind}>
          <span class="swatch" aria-hidden="true" />
          {word}
        </li>
      ))}
    </ul>
  );

const Numbers = ({ id, of, series, columns }: PlotProps) => (
  <details>
    <summary>As a table</summary>
    <ScrollArea class="table-frame" labelledBy={id}>
      <table>
        <thead>
          <tr>
            <th scope="col">{of}</th>
            {series.map(({ kind, word }) => (
              <th scope="col" key={kind}>
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {columns.map(({ label, values }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {values.map((value, index) => (
                <td key={series[index]?.kind}>{value}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  </details>
);

/** A chart of stacked columns with an axis, and a table of its numbers. */
export const Plot = (props: PlotProps) => {
  const { id, title, series, columns, children } = props;
  const top = roundUp(Math.max(0, ...columns.map(({ values }) => sum(values))));
  const step = plotWidth / Math.max(1, columns.length);
  return (
    <figure class="plot">
      <figcaption id={id}>{title}</figcaption>
      {children}
      <Legend series={series} />
      <svg
        viewBox={`0 0 ${size.width} ${size.height}`}
        role="img"
        aria-label={`${title}: ${columns.length} columns, at most ${Math.max(0, ...columns.map(({ values }) => sum(values)))}. The table below has the numbers.`}
      >
        {[0, 0.5, 1].map((part) => {
          const y = size.top + plotHeight * (1 - part);
          return (
            <g key={part}>
              <line class="grid" x1={size.left} x2={size.width - size.right} y1={y} y2={y} />
              {(part !== 0.5 || top > 1) && (
                <text class="tick" x={size.left - 6} y={y + 4} text-anchor="end">
                  {compact(top * part)}
                </text>
              )}
            </g>
          );
        })}
        {columns.map((column, at) => (
          <Bar key={column.label} column={column} at={at} of={columns.length} top={top} series={series} />
        ))}
        {spread(columns.length, columns.length > 12 ? 5 : 12).map((at, index) => (
          <text
            key={at}
            class={index % 2 === 0 ? 'tick' : 'tick odd'}
            x={size.left + (at + 0.5) * step}
            y={size.height - 8}
            text-anchor={
              at === 0 && columns.length > 12
                ? 'start'
                : at === columns.length - 1 && columns.length > 12
                  ? 'end'
                  : 'middle'
            }
          >
            {columns[at]?.label}
          </text>
        ))}
      </svg>
      <Numbers {...props} />
    </figure>
  );
};
