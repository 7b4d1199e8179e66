import { batch, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { StreamEvent } from '../api/events.ts';
import { followStream } from '../api/stream.ts';
import type { Health, Mode, RunSummary, Step, Totals } from '../api/types.ts';
import { arrowKey } from '../chart/trail.ts';
import { defer } from '../time.ts';
import { detail, receiveRun, receiveSteps, refreshRun } from './open-run.ts';
import { goTo, openRun, token, view } from './route.ts';
import { loadRuns, receiveRuns } from './runs.ts';
import { connection, health, loadOverview, mode, refused, totals } from './server.ts';

/** Events are batched; minimum time between two updates of the page, in ms. */
const togetherMs = 80;
/** Maximum number of queued runs; timers run late in a background tab. */
const waitingMost = 1000;
/** How long a transition stays highlighted, in ms. */
const litMs = 1100;

/** The transitions that were just taken, as `From->To`. */
export const highlighted = signal<ReadonlySet<string>>(new Set());
/** The active runs. */
export const running = signal<ReadonlyMap<string, RunSummary>>(new Map());
/** Whether the page opens each new run once the previous one has ended. */
export const following = signal(false);

const changed = new Map<string, RunSummary>();
const taken = new Map<string, Step[]>();
let callOff: (() => void) | null = null;

const highlight = (arrows: ReadonlySet<string>): void => {
  if (arrows.size === 0) return;
  highlighted.value = new Set([...highlighted.value, ...arrows]);
  defer(litMs, () => {
    highlighted.value = new Set([...highlighted.value].filter((arrow) => !arrows.has(arrow)));
  });
};

const noteRunning = (): void => {
  const now = new Map(running.value);
  for (const run of changed.values()) {
    if (run.status === 'running') now.set(run.runId, run);
    else now.delete(run.runId);
  }
  // A run whose process was killed never reports its end.
  for (const id of [...now.keys()].slice(0, Math.max(0, now.size - 200))) now.delete(id);
  running.value = now;
};

const followNext = (): void => {
  if (!following.value || view.value !== 'runs') return;
  if (detail.value?.status === 'running') return;
  const next = [...changed.values()].findLast(({ runId }) => runId !== openRun.value);
  if (next) goTo({ run: next.runId }, { replace: true });
};

const flush = (): void => {
  callOff?.();
  callOff = null;
  batch(() => {
    receiveRuns(changed);
    noteRunning();
    followNext();
    for (const [runId, steps] of taken) receiveSteps(runId, steps);
    const current = changed.get(openRun.value);
    if (current) receiveRun(current);
    highlight(new Set([...taken.values()].flat().map(({ from, to }) => arrowKey(from, to))));
  });
  changed.clear();
  taken.clear();
};

const scheduleFlush = (): void => {
  if (changed.size + taken.size >= waitingMost) flush();
  else callOff ??= defer(togetherMs, flush);
};

const receive = ({ event, data }: StreamEvent): void => {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return;
  }
  if (event === 'run') {
    const run = value as RunSummary;
    changed.set(run.runId, run);
    scheduleFlush();
  } else if (event === 'step') {
    const { runId, step } = value as { runId: string; step: Step };
    const steps = taken.get(runId);
    if (steps) steps.push(step);
    else taken.set(runId, [step]);
    scheduleFlush();
  } else if (event === 'totals') totals.value = value as Totals;
  else if (event === 'health') health.value = value as Health;
  else if (event === 'hello') mode.value = { ...(value as Mode), ...(mode.value?.run && { run: mode.value.run }) };
};

/** Keeps the page up to date while it is open; after a reconnect, missed data is reloaded. */
export const goLive = (isLive: ReadonlySignal<boolean>): void => {
  let until: AbortController | null = null;
  effect(() => {
    const key = token.value;
    until?.abort();
    if (key === '' || !isLive.value) return;
    until = new AbortController();
    let wasLost = false;
    void followStream(
      key,
      {
        event: receive,
        status: (status) => {
          connection.value = status;
          if (status === 'refused') refused.value = true;
          if (status === 'lost') wasLost = true;
          if (status !== 'live' || !wasLost) return;
          wasLost = false;
          running.value = new Map();
          void loadRuns();
          void loadOverview();
          refreshRun();
        },
      },
      until.signal,
    );
  });
};
