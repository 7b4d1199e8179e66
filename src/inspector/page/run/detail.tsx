import { useSignal } from '@preact/signals';
import type { RunDetail } from '../api/types.ts';
import { RunChart } from '../chart/run-chart.tsx';
import { Icon, Status } from '../shell/icons.tsx';
import { UntrustedText } from '../shell/text.tsx';
import { detail, detailProblem, detailStatus, fileName, refreshRun, showRun } from '../state/open-run.ts';
import { hrefTo, openRun } from '../state/route.ts';
import { mode } from '../state/server.ts';
import { fromFile } from '../state/session.ts';
import { counted, duration, moment } from '../text/format.ts';
import { Attempts, Diagnoses, Fixes, Policy } from './facts.tsx';
import { saveRun } from './save.ts';
import { Scrubber } from './scrubber.tsx';
import { Timeline } from './timeline.tsx';
import { verdictOf } from './verdict.ts';

const Back = () =>
  mode.value?.mode === 'file' ? null : (
    <a class="back" href={hrefTo({ run: '' })}>
      <Icon name="back" />
      All runs
    </a>
  );

const Save = ({ runId }: { runId: string }) => {
  const problem = useSignal<string | null>(null);
  return (
    <>
      <button
        type="button"
        onClick={async () => {
          problem.value = await saveRun(runId);
        }}
      >
        <Icon name="download" />
        Export
      </button>
      {problem.value !== null && (
        <p class="problem" role="alert">
          Not saved. {problem.value}
        </p>
      )}
    </>
  );
};

const Outcome = ({ run }: { run: RunDetail }) => {
  const { failure, healing, outcome } = verdictOf(run);
  return (
    <p class="run-outcome">
      {failure === null ? (
        <span>Nothing failed</span>
      ) : (
        <span>
          <b>Failed</b> {failure.class !== null && <span class="tag">{failure.class}</span>}{' '}
          <UntrustedText text={failure.text} />
        </span>
      )}{' '}
      {healing !== null && (
        <span>
          <b>{healing.label}</b> <UntrustedText text={healing.text} />
        </span>
      )}{' '}
      <span>
        <b class="sr-only">Outcome</b> <Status status={run.status} /> {outcome}
      </span>
    </p>
  );
};

const Head = ({ run }: { run: RunDetail }) => (
  <header class="run-head">
    <Back />
    <h2 id="run-title" tabIndex={-1}>
      <UntrustedText text={run.tool} />
    </h2>
    {fileName.value === null && <Save runId={run.runId} />}
    <Outcome run={run} />
    <p class="run-facts">
      {moment(run.startedAt)} · {duration(run.durationMs)} · {counted(run.attempts, 'attempt')} · {run.kind} ·{' '}
      <code class="run-id">{run.runId}</code>
    </p>
    {fileName.value !== null && (
      <p class="from-file">
        From <UntrustedText text={fileName.value} />. Nothing of it was sent anywhere.
      </p>
    )}
  </header>
);

const Missing = () => {
  if (detailStatus.value === 'loading') return <p class="hint">Loading the run…</p>;
  if (openRun.value === fromFile) return <p class="hint">The file is closed. Open it again to see its run.</p>;
  if (detailStatus.value === 'gone') {
    return <p class="hint">This run is not kept any more, neither in memory nor in the log.</p>;
  }
  if (detailStatus.value !== 'problem') return null;
  return (
    <div class="problem" role="alert">
      <p>The run could not be loaded. {detailProblem.value}</p>
      <button type="button" onClick={() => void showRun(openRun.value)}>
        Try again
      </button>
    </div>
  );
};

/** The details of the open run. */
export const RunView = () => {
  const run = detail.value;
  if (!run) {
    return (
      <>
        <Back />
        <Missing />
      </>
    );
  }
  return (
    <article class="run" aria-labelledby="run-title">
      <Head run={run} />
      {detailStatus.value === 'problem' && (
        <div class="problem" role="alert">
          <p>This may be old. {detailProblem.value}</p>
          <button type="button" onClick={refreshRun}>
            Try again
          </button>
        </div>
      )}
      <RunChart />
      <Scrubber />
      <div class="run-parts">
        <Timeline />
        <Diagnoses run={run} />
        <Fixes run={run} />
        <Policy run={run} />
        <Attempts run={run} />
      </div>
    </article>
  );
};
