import { useEffect, useRef } from 'preact/hooks';
import { position, steps } from '../state/open-run.ts';
import { chart } from '../state/server.ts';
import { ChartView } from './chart.tsx';
import { trailOf } from './trail.ts';

const nobody: ReadonlyMap<string, number> = new Map();
const nothing: ReadonlySet<string> = new Set();

/** Scrolls the current state into view if the chart is wider than the window. */
const useInSight = (at: string) => {
  const holder = useRef<HTMLDivElement>(null);
  const state = chart.value.states.find(({ name }) => name === at);
  useEffect(() => {
    const frame = holder.current?.querySelector('.chart-frame');
    if (!frame || !state || frame.scrollWidth <= frame.clientWidth) return;
    const middle = ((state.x + state.width / 2) / chart.value.width) * frame.scrollWidth;
    frame.scrollLeft = middle - frame.clientWidth / 2;
  }, [state]);
  return holder;
};

/** The chart with the path of the open run, up to the position of the scrubber. */
export const RunChart = () => {
  const trail = trailOf(steps.value, position.value);
  const holder = useInSight(trail.at);
  return (
    <div ref={holder}>
      <ChartView
        overlay={{ label: 'Chart of this run', trail, counts: trail.arrows, present: nobody, highlighted: nothing }}
      />
    </div>
  );
};
