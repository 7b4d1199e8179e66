import type { Totals } from '../api/types.ts';
import { AllRunsChart } from '../chart/all-runs.tsx';
import { Icon, type IconName } from '../shell/icons.tsx';
import { loadOverview, overviewProblem, totals } from '../state/server.ts';
import { count, day, duration, nearTime, roundDuration } from '../text/format.ts';
import { now } from '../time.ts';
import { Groups } from './groups.tsx';
import { Plot, type Series } from './plot.tsx';
import { condense } from './scale.ts';

const endings: readonly Series[] = [
  { kind: 'is-healed', word: 'healed' },
  { kind: 'is-failed', word: 'failed' },
  { kind: 'is-unknown', word: 'unknown' },
];

const Tile = ({ icon, word, value }: { icon: IconName; word: string; value: string }) => (
  <div class={`tile is-${icon}`}>
    <dt>
      <Icon name={icon} />
      {word}
    </dt>
    <dd>{value}</dd>
  </div>
);

const share = ({ healed, failed, unknown }: Totals['outcomes']): string => {
  const all = healed + failed + unknown;
  return all === 0 ? '–' : `${((healed / all) * 100).toFixed(healed === all ? 0 : 1)} %`;
};

/** The number of runs per outcome. */
export const Tiles = ({ outcomes }: Totals) => (
  <dl class="tiles">
    <Tile icon="healed" word="healed" value={count(outcomes.healed)} />
    <Tile icon="failed" word="failed" value={count(outcomes.failed)} />
    <Tile icon="unknown" word="unknown" value={count(outcomes.unknown)} />
    <Tile icon="succeeded" word="succeeded" value={count(outcomes.succeeded)} />
    <div class="tile">
      <dt>share healed</dt>
      <dd>{share(outcomes)}</dd>
    </div>
  </dl>
);

type Bucket = Totals['overTime'][number];

const joinBuckets = (some: readonly Bucket[]): Bucket => ({
  t: some[0]?.t ?? 0,
  healed: some.reduce((all, { healed }) => all + healed, 0),
  failed: some.reduce((all, { failed }) => all + failed, 0),
  unknown: some.reduce((all, { unknown }) => all + unknown, 0),
});

/** The outcomes of runs over time. */
export const OverTime = ({ overTime }: Totals) => (
  <Plot
    id="over-time"
    title="Runs over time"
    of="From"
    series={endings}
    columns={condense(overTime, 96, joinBuckets).map(({ t, healed, failed, unknown }) => ({
      label:
        day(t) === day(now()) ? nearTime(t, now()).slice(0, 5) : `${day(t).slice(5)} ${nearTime(t, t).slice(0, 5)}`,
      values: [healed, failed, unknown],
    }))}
  />
);

const limit = (leMs: number | null): string => (leMs === null ? 'more' : `≤ ${roundDuration(leMs)}`);

const HealTimes = ({ healMs: { p50, p95, histogram } }: Totals) => (
  <Plot
    id="heal-times"
    title="Time to heal"
    of="Time"
    series={[{ kind: 'is-healed', word: 'healed runs' }]}
    columns={histogram.map(({ leMs, count: value }) => ({ label: limit(leMs), values: [value] }))}
  >
    <p class="plot-facts">
      Half of the healed runs took at most <strong>{duration(p50)}</strong>, 95 % at most{' '}
      <strong>{duration(p95)}</strong>.
    </p>
  </Plot>
);

/** The totals of all runs, in numbers and over time. */
export const TotalsView = () => {
  const known = totals.value;
  return (
    <div class="page totals">
      <h2 tabIndex={-1}>Totals</h2>
      {overviewProblem.value !== null && (
        <div class="problem" role="alert">
          <p>The totals could not be loaded. {overviewProblem.value}</p>
          <button type="button" onClick={() => void loadOverview()}>
            Try again
          </button>
        </div>
      )}
      {known === null ? (
        overviewProblem.value === null && <p class="hint">Loading totals…</p>
      ) : (
        <>
          <Tiles {...known} />
          <section aria-labelledby="all-chart-title">
            <h3 id="all-chart-title">Where the runs went</h3>
            <AllRunsChart />
          </section>
          <div class="plots">
            <OverTime {...known} />
            <HealTimes {...known} />
          </div>
          <div class="plots">
            <Groups id="by-tool" title="By tool" filter="tool" groups={known.byTool} />
            <div class="stack">
              <Groups id="by-fix" title="By fix" filter="fix" groups={known.byFix} />
              <Groups id="by-class" title="By class" filter="class" groups={known.byClass} />
            </div>
          </div>
        </>
      )}
    </div>
  );
};
