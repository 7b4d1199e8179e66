import type { FleetFixRow } from '../api/types.ts';
import { fixWords } from '../run/fix-status.ts';
import { Listed } from '../shell/listed.tsx';
import { UntrustedText } from '../shell/text.tsx';
import { coarseDuration, count, left, roundDuration } from '../text/format.ts';
import type { PartProps } from './part.ts';

const Last = ({ last, time }: Pick<FleetFixRow, 'last'> & Pick<PartProps, 'time'>) => {
  if (last === null) return <>–</>;
  return (
    <>
      <span class={`tag fix-${last.status}`}>{fixWords[last.status] ?? last.status}</span>{' '}
      {coarseDuration(time - last.at)} ago
      <div class="why">
        <UntrustedText text={last.reason} />
      </div>
    </>
  );
};

const Budget = ({ budget }: Pick<FleetFixRow, 'budget'>) => {
  if (budget === null) return <>–</>;
  const { used, of, windowMs } = budget;
  return (
    <>
      <meter min={0} max={of} value={used} aria-label={`${used} of ${of} used`} /> {count(used)} of {count(of)} in{' '}
      {roundDuration(windowMs)}
    </>
  );
};

/** The cool-down and the budget of each fix, which hold for all machines. */
export const Fixes = ({ known: { fixes }, time }: PartProps) => (
  <Listed
    id="fleet-fixes"
    title="Cool-downs and budgets"
    says="They hold for all machines of the fleet, by the clock of the database."
    none="No fix has run yet."
    heads={['Fix', 'Last run', 'Cool-down', 'Budget']}
    rows={fixes.length}
  >
    {fixes.map(({ key, last, coolsUntil, budget }, index) => (
      // Two fixes may have the same key.
      <tr key={`${key} ${index}`}>
        <th scope="row">
          <UntrustedText text={key} />
        </th>
        <td>
          <Last last={last} time={time} />
        </td>
        <td>{coolsUntil === null || coolsUntil <= time ? '–' : left(coolsUntil, time)}</td>
        <td>
          <Budget budget={budget} />
        </td>
      </tr>
    ))}
  </Listed>
);
