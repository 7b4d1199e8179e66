import type { Health } from '../api/types.ts';
import { Listed } from '../shell/listed.tsx';
import { UntrustedText } from '../shell/text.tsx';
import { useNow } from '../shell/use-now.ts';
import { health, loadOverview, overviewProblem } from '../state/server.ts';
import { count, left, moment, roundDuration } from '../text/format.ts';

const breakerWords: Readonly<Record<string, string>> = {
  Closed: 'Closed: calls are healed',
  Open: 'Open: failures are returned as they are',
  HalfOpen: 'Half-open: one trial call',
};

const Tables = ({ now: known }: { now: Health }) => {
  const time = useNow();
  const { breakers, cooldowns, budgets, processes } = known;
  return (
    <div class="plots">
      <Listed
        id="breakers"
        title="Circuit breakers"
        says="Open while an upstream keeps failing, so that healing does not add load."
        none="No circuit breakers yet."
        heads={['Upstream', 'State', 'Next attempt']}
        rows={breakers.length}
      >
        {breakers.map(({ upstream, state, until }) => (
          <tr key={upstream}>
            <th scope="row">
              <UntrustedText text={upstream} />
            </th>
            <td>
              <span class={`tag breaker-${state}`}>{breakerWords[state] ?? state}</span>
            </td>
            <td>{left(until, time)}</td>
          </tr>
        ))}
      </Listed>
      <Listed
        id="cooldowns"
        title="Cool-downs"
        says="Minimum time between two runs of a fix."
        none="No fixes are cooling down."
        heads={['Fix', 'For', 'Rests']}
        rows={cooldowns.length}
      >
        {cooldowns.map(({ key, fix, until }) => (
          <tr key={key}>
            <th scope="row">
              <code>{fix}</code>
            </th>
            <td>
              <UntrustedText text={key} />
            </td>
            <td>{left(until, time)}</td>
          </tr>
        ))}
      </Listed>
      <Listed
        id="budgets"
        title="Budgets"
        says="Maximum number of fixes or retries per time window."
        none="No budgets in use."
        heads={['For', 'Used', 'Within']}
        rows={budgets.length}
      >
        {budgets.map(({ key, used, of, windowMs }) => (
          <tr key={key}>
            <th scope="row">
              <UntrustedText text={key} />
            </th>
            <td>
              <meter min={0} max={of} value={used} aria-label={`${used} of ${of} used`} /> {count(used)} of {count(of)}
            </td>
            <td>{roundDuration(windowMs)}</td>
          </tr>
        ))}
      </Listed>
      <Listed
        id="processes"
        title="Processes"
        says="All healflow processes on this machine that record runs."
        none="No processes are running. The runs are from the log."
        heads={['Process', 'Id', 'Since', 'State']}
        rows={processes.length}
      >
        {processes.map(({ id, pid, title, startedAt, alive }) => (
          <tr key={id}>
            <th scope="row">
              <UntrustedText text={title} />
            </th>
            <td>{pid}</td>
            <td>{moment(startedAt).slice(0, -4)}</td>
            <td>{alive ? 'running' : 'ended'}</td>
          </tr>
        ))}
      </Listed>
    </div>
  );
};

/** The limits that currently apply: breakers, cool-downs and budgets. */
export const LimitsView = () => (
  <div class="page limits">
    <h2 tabIndex={-1}>Limits</h2>
    {overviewProblem.value !== null && (
      <div class="problem" role="alert">
        <p>The limits could not be loaded. {overviewProblem.value}</p>
        <button type="button" onClick={() => void loadOverview()}>
          Try again
        </button>
      </div>
    )}
    {health.value === null ? (
      overviewProblem.value === null && <p class="hint">Loading…</p>
    ) : (
      <Tables now={health.value} />
    )}
  </div>
);
