import { useSignal } from '@preact/signals';
import { AllRunsChart } from '../chart/all-runs.tsx';
import { FleetView } from '../fleet/fleet.tsx';
import { LearningView } from '../learning/learning.tsx';
import { LimitsView } from '../limits/limits.tsx';
import { RunView } from '../run/detail.tsx';
import { FilterBar } from '../runs/filters.tsx';
import { RunList } from '../runs/list.tsx';
import { detail, fileName } from '../state/open-run.ts';
import { openRun, token, view } from '../state/route.ts';
import { announcement, connection, health, mode, overviewProblem, refused, totals } from '../state/server.ts';
import { connect } from '../state/session.ts';
import { OverTime, Tiles, TotalsView } from '../totals/totals.tsx';
import { Header, useFiles } from './header.tsx';
import { UntrustedText } from './text.tsx';
import { TokenPanel } from './token-panel.tsx';

const focusRun = (): void => document.querySelector<HTMLElement>('#run')?.focus();

const Overview = () => (
  <div class="overview">
    <h2>All runs</h2>
    {totals.value !== null && <Tiles {...totals.value} />}
    <AllRunsChart />
    <p class="hint">
      The numbers count how often each transition was taken. Select a run to see its path, diagnosis and fixes.
    </p>
    {totals.value !== null && <OverTime {...totals.value} />}
  </div>
);

const RunsView = () => (
  <div class={openRun.value === '' ? 'runs-view' : 'runs-view has-run'}>
    <section class="pane-list" id="runs" aria-label="Runs">
      <FilterBar />
      <RunList onEnter={focusRun} />
    </section>
    <section class="pane-run" id="run" tabIndex={-1} aria-label={openRun.value === '' ? 'All runs' : 'Run'}>
      {openRun.value === '' ? <Overview /> : <RunView />}
    </section>
  </div>
);

const FileView = () => (
  <section class="pane-run alone" id="run" tabIndex={-1} aria-label="Run">
    <RunView />
  </section>
);

const Unreachable = () => (
  <main class="panel" id="main" tabIndex={-1}>
    <h2>No connection</h2>
    <div role="alert">
      <p>{overviewProblem.value}</p>
    </div>
    <button type="button" onClick={() => void connect()}>
      Try again
    </button>
  </main>
);

const Main = () => {
  const isFile = mode.value?.mode === 'file' || (detail.value !== null && fileName.value !== null);
  if (isFile && detail.value && (mode.value?.mode !== 'live' || refused.value)) {
    return (
      <main id="main" tabIndex={-1}>
        <FileView />
      </main>
    );
  }
  if (token.value === '' || refused.value) return <TokenPanel />;
  if (mode.value === null && overviewProblem.value !== null) return <Unreachable />;
  return (
    <main id="main" tabIndex={-1}>
      {view.value === 'runs' && <RunsView />}
      {view.value === 'totals' && <TotalsView />}
      {view.value === 'limits' && <LimitsView />}
      {view.value === 'learning' && <LearningView />}
      {view.value === 'fleet' && <FleetView />}
    </main>
  );
};

const skipTo = (id: string) => () => {
  document.getElementById(id)?.focus();
};

/** The page. */
export const App = () => {
  const { problem, open } = useFiles();
  const dragged = useSignal(0);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a file may be dropped anywhere; the button does the same
    <div
      class={dragged.value > 0 ? 'app is-dragged' : 'app'}
      onDragEnter={(event) => {
        if (event.dataTransfer?.types.includes('Files')) dragged.value += 1;
      }}
      onDragLeave={() => {
        dragged.value = Math.max(0, dragged.value - 1);
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        dragged.value = 0;
        void open(event.dataTransfer?.files[0]);
      }}
    >
      <button
        type="button"
        class="skip"
        onClick={skipTo(view.value === 'runs' && openRun.value === '' ? 'run-list' : 'main')}
      >
        Skip to the {view.value === 'runs' && openRun.value === '' ? 'runs' : 'content'}
      </button>
      {openRun.value !== '' && view.value === 'runs' && (
        <button type="button" class="skip" onClick={skipTo('run')}>
          Skip to the run
        </button>
      )}
      <Header onFile={open} />
      {connection.value === 'lost' && mode.value?.mode === 'live' && (
        <p class="banner" role="alert">
          healflow does not respond. The page shows the last known state and reconnects automatically.
        </p>
      )}
      {health.value?.notice !== undefined && (
        <p class="banner" role="alert">
          The configuration is invalid: <UntrustedText text={health.value.notice} />
        </p>
      )}
      {problem.value !== null && (
        <div class="banner" role="alert">
          <p>
            <UntrustedText text={problem.value} />
          </p>
          <button
            type="button"
            onClick={() => {
              problem.value = null;
            }}
          >
            Close
          </button>
        </div>
      )}
      <Main />
      <p class="sr-only" role="status">
        {announcement.value}
      </p>
    </div>
  );
};
