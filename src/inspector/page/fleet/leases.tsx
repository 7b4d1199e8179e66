import type { FleetLeaseRow, FleetLeaseState } from '../api/types.ts';
import { Listed } from '../shell/listed.tsx';
import { UntrustedText } from '../shell/text.tsx';
import { coarseDuration } from '../text/format.ts';
import type { PartProps } from './part.ts';

const words: Readonly<Record<FleetLeaseState, string>> = {
  running: 'running',
  overdue: 'overdue',
  gone: 'holder gone',
  ended: 'ended',
};

const timeText = ({ since, ended, state }: FleetLeaseRow, time: number): string => {
  if (state === 'ended' && ended !== null) return `ended ${coarseDuration(time - ended)} ago`;
  return `for ${coarseDuration(time - since)}`;
};

const limitText = ({ state, until }: FleetLeaseRow, time: number): string => {
  if (state === 'ended') return '–';
  if (until === null) return 'a person is asked';
  return until > time ? `${coarseDuration(until - time)} left` : `over by ${coarseDuration(time - until)}`;
};

/** Who runs which fix, or ran it last. */
export const Leases = ({ known: { leases }, time }: PartProps) => (
  <Listed
    id="leases"
    title="Leases"
    says="Who runs a fix now, or ran it last. An overdue run should have ended; if its holder is gone, the next machine takes over."
    none="No fix has run yet."
    heads={['Fix', 'State', 'Holder', 'Time', 'Limit']}
    rows={leases.length}
  >
    {leases.map((lease) => (
      <tr key={`${lease.key} ${lease.holder} ${lease.since}`}>
        <th scope="row">
          <UntrustedText text={lease.key} />
        </th>
        <td>
          <span class={`tag lease-${lease.state}`}>{words[lease.state]}</span>
        </td>
        <td>
          <UntrustedText text={lease.holder} />
        </td>
        <td>{timeText(lease, time)}</td>
        <td>{limitText(lease, time)}</td>
      </tr>
    ))}
  </Listed>
);
