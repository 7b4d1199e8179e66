import { highlighted, running } from '../state/live.ts';
import { totals } from '../state/server.ts';
import { ChartView } from './chart.tsx';
import { runsByState } from './trail.ts';

/** The chart of all runs: counts on the transitions, and the current states of active runs. */
export const AllRunsChart = () => (
  <ChartView
    overlay={{
      label: 'Chart of all runs',
      trail: null,
      counts: new Map(Object.entries(totals.value?.arrows ?? {})),
      present: runsByState(running.value.values()),
      highlighted: highlighted.value,
    }}
  />
);
