import type { FleetMachineRow } from '../api/types.ts';
import { Listed } from '../shell/listed.tsx';
import { UntrustedText } from '../shell/text.tsx';
import { byteSize, coarseDuration, count, moment } from '../text/format.ts';
import type { PartProps } from './part.ts';

/** A clock that is wrong by less is not worth a word, in ms. */
const clockToleranceMs = 2_000;

const clockText = ({ log }: FleetMachineRow): string => {
  if (log === null) return '–';
  const { clockAheadMs: aheadMs } = log;
  if (Math.abs(aheadMs) < clockToleranceMs) return 'correct';
  return `${coarseDuration(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead' : 'behind'}`;
};

const behindText = ({ log }: FleetMachineRow): string => {
  if (log === null) return '–';
  return log.behindBytes === 0 ? 'up to date' : `${byteSize(log.behindBytes)} behind`;
};

/** When each machine was last seen, and how far its log has been copied. */
export const Machines = ({ known: { machines, machineCount }, time }: PartProps) => (
  <>
    <Listed
      id="machines"
      title="Machines"
      says="A machine connects when it heals or copies events: one that is idle was seen long ago. Its log was behind by so much after the last batch."
      none="No machine has connected yet."
      heads={['Machine', 'Version', 'Last seen', 'Log', 'Last copied', 'Events', 'Clock']}
      rows={machines.length}
    >
      {machines.map((machine) => (
        <tr key={machine.id}>
          <th scope="row">
            <UntrustedText text={machine.host} />
          </th>
          <td>
            <UntrustedText text={machine.version} />
          </td>
          <td title={moment(machine.seenAt)}>{coarseDuration(time - machine.seenAt)} ago</td>
          <td class={machine.log !== null && machine.log.behindBytes > 0 ? 'is-behind' : undefined}>
            {behindText(machine)}
          </td>
          <td>{machine.log === null ? '–' : `${coarseDuration(time - machine.log.copiedAt)} ago`}</td>
          <td>{machine.log === null ? '–' : count(machine.log.events)}</td>
          <td>{clockText(machine)}</td>
        </tr>
      ))}
    </Listed>
    {machineCount > machines.length && <p class="hint">and {count(machineCount - machines.length)} more</p>}
  </>
);
