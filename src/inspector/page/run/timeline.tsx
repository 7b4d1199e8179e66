import { UntrustedText } from '../shell/text.tsx';
import { detail, pause, position, scrubTo, steps } from '../state/open-run.ts';
import { duration } from '../text/format.ts';
import { barOf, visitsOf } from './visits.ts';

/** The states of the run with their durations; a click shows that step on the chart. */
export const Timeline = () => {
  const visits = visitsOf(steps.value);
  if (visits.length === 0) return null;
  const last = steps.value.at(-1);
  const wholeMs = Math.max(last?.atMs ?? 0, detail.value?.durationMs ?? 0);
  const at = visits.findLast(({ taken }) => taken <= position.value)?.taken;
  return (
    <section aria-labelledby="timeline-title">
      <h3 id="timeline-title">Timeline</h3>
      <ol class="timeline">
        {visits.map((visit) => {
          const { left, width } = barOf(visit, wholeMs);
          return (
            <li key={visit.taken}>
              <button
                type="button"
                class="visit"
                data-state={visit.state}
                aria-current={visit.taken === at ? 'step' : undefined}
                onClick={() => {
                  pause();
                  scrubTo(visit.taken);
                }}
              >
                <span class="visit-state">
                  <UntrustedText text={visit.state} />
                </span>
                <span class="visit-bar" aria-hidden="true">
                  <span style={{ left: `${left}%`, width: `${width}%` }} />
                </span>
                <span class="visit-time">{visit.durationMs === null ? '' : duration(visit.durationMs)}</span>
                <span class="visit-at">
                  <span class="sr-only">from </span>+{duration(visit.atMs)}
                </span>
                {visit.note !== undefined && visit.note !== '' && (
                  <span class="visit-note">
                    <UntrustedText text={visit.note} />
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
};
