import type { FleetApprovalRow } from '../api/types.ts';
import { UntrustedBlock, UntrustedText } from '../shell/text.tsx';
import { coarseDuration, left, moment } from '../text/format.ts';
import { shown } from '../text/shown.ts';

interface FactsProps {
  readonly approval: FleetApprovalRow;
  /** The time of the database's clock. */
  readonly time: number;
}

/** Who decided, and why; null if nobody has. */
const Decision = ({ approval: { state, decidedBy, decidedAt, decisionReason }, time }: FactsProps) =>
  decidedBy === null || decidedAt === null ? null : (
    <>
      <dt>{state === 'denied' ? 'Denied' : 'Approved'}</dt>
      <dd>
        {coarseDuration(time - decidedAt)} ago by <UntrustedText text={decidedBy} />
        {decisionReason !== null && (
          <>
            : <UntrustedText text={decisionReason} />
          </>
        )}
      </dd>
    </>
  );

/** What would run, for which failure, who asked, and until when. */
export const ApprovalFacts = ({ approval, time }: FactsProps) => (
  <>
    <UntrustedBlock text={approval.action} label={`What would run: ${shown(approval.key)}`} />
    {approval.action.endsWith('…') && (
      <p class="problem">
        This text is cut: more would run than it shows. Read the whole of it in the healflow.yaml of the machine before
        you approve.
      </p>
    )}
    <dl>
      <dt>Failure</dt>
      <dd>
        <UntrustedText text={approval.tool} />: <UntrustedText text={approval.reason} />
      </dd>
      <dt>Asked</dt>
      <dd>
        {coarseDuration(time - approval.askedAt)} ago by <UntrustedText text={approval.askedBy} />
      </dd>
      <Decision approval={approval} time={time} />
      <dt>Ends</dt>
      <dd title={moment(approval.expiresAt)}>{left(approval.expiresAt, time)}</dd>
    </dl>
  </>
);
