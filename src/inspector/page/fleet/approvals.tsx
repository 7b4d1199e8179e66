import { useSignal } from '@preact/signals';
import type { FleetApprovalRow } from '../api/types.ts';
import { ScrollArea } from '../shell/scroll-area.tsx';
import { UntrustedText } from '../shell/text.tsx';
import { coarseDuration, counted } from '../text/format.ts';
import { shown } from '../text/shown.ts';
import { Confirm } from './confirm.tsx';
import { ApprovalFacts } from './facts.tsx';
import type { PartProps } from './part.ts';

/** A decision that a person is about to make. */
interface Chosen {
  readonly id: string;
  readonly approve: boolean;
}

const isOpen = ({ state }: FleetApprovalRow): boolean => state !== 'used' && state !== 'expired';

const Card = ({
  approval,
  time,
  onChoose,
}: {
  approval: FleetApprovalRow;
  time: number;
  /** Undefined if the role may not decide. */
  onChoose: ((chosen: Chosen) => void) | undefined;
}) => {
  const { id, key, state } = approval;
  return (
    <article class="card" aria-labelledby={`approval-${id}`}>
      <h4 id={`approval-${id}`}>
        <UntrustedText text={key} />
        <span class={`tag approval-${state}`}>{state}</span>
        <small>{id}</small>
      </h4>
      <ApprovalFacts approval={approval} time={time} />
      {onChoose !== undefined && (
        <div class="decide">
          {state !== 'approved' && (
            <button
              type="button"
              aria-label={`Approve ${shown(key)} ${id}`}
              onClick={() => onChoose({ id, approve: true })}
            >
              Approve
            </button>
          )}
          {state !== 'denied' && (
            <button
              type="button"
              aria-label={`Deny ${shown(key)} ${id}`}
              onClick={() => onChoose({ id, approve: false })}
            >
              Deny
            </button>
          )}
        </div>
      )}
    </article>
  );
};

const Ended = ({ approvals, time }: { approvals: readonly FleetApprovalRow[]; time: number }) => (
  <details>
    <summary>{counted(approvals.length, 'earlier question')}</summary>
    <ScrollArea class="table-frame" label="Earlier questions">
      <table>
        <thead>
          <tr>
            {['Fix', 'State', 'Decided by', 'Asked by', 'Asked'].map((head) => (
              <th scope="col" key={head}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {approvals.map((approval) => (
            <tr key={approval.id}>
              <th scope="row">
                <UntrustedText text={approval.key} />
              </th>
              <td>{approval.state}</td>
              <td>{approval.decidedBy === null ? 'nobody' : <UntrustedText text={approval.decidedBy} />}</td>
              <td>
                <UntrustedText text={approval.askedBy} />
              </td>
              <td>{coarseDuration(time - approval.askedAt)} ago</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  </details>
);

/** The questions to the approvers, with buttons for a role that may decide. */
export const Approvals = ({ known: { approvals, canDecide }, time }: PartProps) => {
  const chosen = useSignal<Chosen | null>(null);
  const open = approvals.filter(isOpen);
  const ended = approvals.filter((approval) => !isOpen(approval));
  const approval = approvals.find(({ id }) => id === chosen.value?.id);
  return (
    <section aria-labelledby="approvals">
      <h3 id="approvals">Approvals</h3>
      <p class="says">
        Fixes that ask before they run, if the user of the client cannot be asked. An approval is for one run.
      </p>
      {open.length === 0 && <p class="hint">No open questions.</p>}
      <div class="cards">
        {open.map((one) => (
          <Card
            key={one.id}
            approval={one}
            time={time}
            onChoose={
              canDecide
                ? (next) => {
                    chosen.value = next;
                  }
                : undefined
            }
          />
        ))}
      </div>
      {ended.length > 0 && <Ended approvals={ended} time={time} />}
      {chosen.value !== null && approval !== undefined && (
        <Confirm
          approval={approval}
          approve={chosen.value.approve}
          time={time}
          onEnd={() => {
            chosen.value = null;
          }}
        />
      )}
    </section>
  );
};
