import { oddsText } from '../../../text/odds.ts';
import type { OddsPoint } from '../api/types.ts';
import { ScrollArea } from '../shell/scroll-area.tsx';
import { share } from '../text/evidence.ts';
import { moment } from '../text/format.ts';

const size = { width: 420, height: 92, left: 44, right: 10, top: 8, bottom: 8 };
const most = 1_000;
const least = 0.3;
const marks = [
  { odds: 1, word: '1:1' },
  { odds: 20, word: '20:1' },
  { odds: 100, word: '100:1' },
];

const log = (odds: number): number => Math.log10(Math.min(most, Math.max(least, odds)));

const y = (odds: number): number =>
  size.top + (size.height - size.top - size.bottom) * (1 - (log(odds) - log(least)) / (log(most) - log(least)));

const x = (index: number, of: number): number =>
  size.left + (size.width - size.left - size.right) * (of < 2 ? 0.5 : index / (of - 1));

/** How the odds of a lesson have changed with each repair and trial. */
export const History = ({ name, history }: { name: string; history: readonly OddsPoint[] }) => {
  if (history.length === 0) return <p class="hint">No repairs or trials that count yet.</p>;
  const points = history.map(({ odds }, index) => ({ x: x(index, history.length), y: y(odds ?? 1) }));
  return (
    <figure class="odds-history">
      <figcaption>Odds after each repair and trial</figcaption>
      <svg
        viewBox={`0 0 ${size.width} ${size.height}`}
        role="img"
        aria-label={`Odds of ${name} after ${history.length} repairs and trials; now ${oddsText(history.at(-1)?.odds ?? null)}. The table below has the numbers.`}
      >
        {marks.map(({ odds, word }) => (
          <g key={word}>
            <line class="grid" x1={size.left} x2={size.width - size.right} y1={y(odds)} y2={y(odds)} />
            <text class="tick" x={size.left - 6} y={y(odds) + 3.5} text-anchor="end">
              {word}
            </text>
          </g>
        ))}
        <polyline class="odds-line" points={points.map((point) => `${point.x},${point.y}`).join(' ')} />
        {points.map((point, index) => (
          <circle key={index} class="odds-point" cx={point.x} cy={point.y} r="2.6" />
        ))}
      </svg>
      <details>
        <summary>As a table</summary>
        <ScrollArea class="table-frame" label={`Odds of ${name}`}>
          <table>
            <thead>
              <tr>
                <th scope="col">After</th>
                <th scope="col">Succeeded</th>
                <th scope="col">Odds</th>
              </tr>
            </thead>
            <tbody>
              {history.map(({ at, odds, succeeded, of, interval }, index) => (
                <tr key={`${at} ${index}`}>
                  <th scope="row">{moment(at)}</th>
                  <td>{share(succeeded, of, interval)}</td>
                  <td>{oddsText(odds)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollArea>
      </details>
    </figure>
  );
};
