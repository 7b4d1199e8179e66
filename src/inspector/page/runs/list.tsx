import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { isFiltered, noFilters } from '../state/filters.ts';
import { filters, goTo, openRun } from '../state/route.ts';
import {
  atTop,
  listProblem,
  loading,
  loadOlder,
  loadRuns,
  reachable,
  rest,
  runs,
  total,
  waiting,
} from '../state/runs.ts';
import { count, counted } from '../text/format.ts';
import { defer } from '../time.ts';
import { Row, rowHeight } from './row.tsx';
import { windowOf } from './window.ts';

/** Number of rows before the end at which older runs are loaded. */
const ahead = 100;
/** Delay after the last key press before the selected run is opened, in ms. */
const restMs = 130;

const isNarrow = (): boolean => matchMedia('(max-width: 899px)').matches;

const Empty = () => {
  if (loading.value !== null) return <p class="hint">Loading runs…</p>;
  if (isFiltered(filters.value)) {
    return (
      <div class="hint">
        <p>No run fits these filters.</p>
        <button type="button" onClick={() => goTo({ filters: noFilters })}>
          Clear filters
        </button>
      </div>
    );
  }
  return (
    <div class="hint">
      <p>No runs yet.</p>
      <p>A run appears here when a tool behind healflow fails. Healthy calls are only counted.</p>
    </div>
  );
};

/** The notes at the end of the list. */
const Rest = () => {
  if (rest.value === 'cut') {
    return (
      <div class="rest">
        <button type="button" onClick={() => void loadRuns()}>
          Load older runs
        </button>
      </div>
    );
  }
  if (rest.value === 'end' || runs.value.length < reachable) return null;
  return <p class="rest">These are {count(runs.value.length)} runs. Narrow the list to see older ones.</p>;
};

const Waiting = ({ onShow }: { onShow: () => void }) =>
  waiting.value === 0 ? null : (
    <button type="button" class="waiting" onClick={onShow}>
      {counted(waiting.value, 'new run')}
    </button>
  );

const Problem = () =>
  listProblem.value === null ? null : (
    <div class="problem" role="alert">
      <p>The runs could not be loaded. {listProblem.value}</p>
      <button type="button" onClick={() => void loadRuns()}>
        Try again
      </button>
    </div>
  );

/** The list of runs. Only visible rows are rendered; older runs are loaded while scrolling down. */
export const RunList = ({ onEnter }: { onEnter: () => void }) => {
  const box = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(800);
  const active = useSignal('');
  const callOff = useRef(() => {});
  const drawn = useComputed(() =>
    windowOf({ top: top.value, height: height.value, rowHeight, rows: runs.value.length }),
  );
  // As a string, so that scrolling within a row does not cause a render.
  const bounds = useComputed(() => `${drawn.value.first} ${drawn.value.end}`);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      height.value = element.clientHeight;
    });
    observer.observe(element);
    atTop.value = true;
    return () => observer.disconnect();
  }, [height]);

  useSignalEffect(() => {
    if (drawn.value.end > runs.value.length - ahead && rest.value === 'more' && loading.value === null)
      void loadOlder();
  });

  const toTop = (): void => {
    if (box.current) box.current.scrollTop = 0;
  };
  useSignalEffect(() => {
    filters.value;
    toTop();
  });

  const onScroll = (): void => {
    const at = box.current?.scrollTop ?? 0;
    top.value = at;
    atTop.value = at < rowHeight;
  };

  const reveal = (index: number): void => {
    const element = box.current;
    if (!element) return;
    const from = index * rowHeight;
    if (from < element.scrollTop) element.scrollTop = from;
    else if (from + rowHeight > element.scrollTop + element.clientHeight)
      element.scrollTop = from + rowHeight - element.clientHeight;
  };

  const open = (index: number, { replace = false } = {}): void => {
    const run = runs.value[index];
    if (!run) return;
    callOff.current();
    active.value = run.runId;
    goTo({ run: run.runId }, { replace });
  };

  const current = active.value || openRun.value;
  const at = runs.value.findIndex(({ runId }) => runId === current);

  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(height.value / rowHeight) - 1);
    const last = runs.value.length - 1;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? 0 : at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: last,
    };
    if (event.key === 'Enter' && at >= 0) {
      event.preventDefault();
      open(at);
      onEnter();
      return;
    }
    const aim = moves[event.key];
    if (aim === undefined || last < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(aim, last));
    active.value = runs.value[next]?.runId ?? '';
    reveal(next);
    callOff.current();
    if (!isNarrow()) callOff.current = defer(restMs, () => open(next, { replace: openRun.value !== '' }));
  };

  bounds.value;
  const { first, end, most } = drawn.peek();
  const isDrawn = at >= first && at < end;
  return (
    <div class="list-holder">
      <Problem />
      <Waiting
        onShow={() => {
          toTop();
          void loadRuns();
        }}
      />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: its role depends on the runs in it */}
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles support a name */}
      <div
        ref={box}
        id="run-list"
        class="list"
        role={runs.value.length > 0 ? 'listbox' : 'region'}
        tabIndex={0}
        aria-label="Runs, newest first"
        aria-busy={loading.value !== null}
        aria-activedescendant={isDrawn ? `row-${at}` : undefined}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
      >
        {runs.value.length === 0 ? (
          listProblem.value === null && <Empty />
        ) : (
          <div
            class="rows"
            role="presentation"
            style={{ height: `${runs.value.length * rowHeight + (rest.value === 'more' ? rowHeight : 0)}px` }}
          >
            {runs.value.slice(first, end).map((run, offset) => (
              <Row
                // Rows are reused: one that leaves the window on one side enters it on the other.
                key={(first + offset) % most}
                run={run}
                index={first + offset}
                of={Math.max(total.value, runs.value.length)}
                isOpen={run.runId === openRun.value}
                isActive={first + offset === at}
                onOpen={open}
              />
            ))}
            {rest.value === 'more' && (
              <div class="older" aria-hidden="true" style={{ top: `${runs.value.length * rowHeight}px` }}>
                Loading older runs…
              </div>
            )}
          </div>
        )}
      </div>
      <Rest />
    </div>
  );
};
