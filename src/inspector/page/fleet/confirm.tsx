import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { FleetApprovalRow } from '../api/types.ts';
import { UntrustedText } from '../shell/text.tsx';
import { decide } from '../state/fleet.ts';
import { ApprovalFacts } from './facts.tsx';

const texts = {
  approve: {
    title: 'Approve one run?',
    says: 'This runs once within 24 hours: by the process that has asked, or at the next such failure on any machine.',
    button: 'Approve one run',
  },
  deny: {
    title: 'Deny this fix?',
    says: 'This does not run for 24 hours, even if the user of a client says yes.',
    button: 'Deny for 24 hours',
  },
};

interface ConfirmProps {
  readonly approval: FleetApprovalRow;
  readonly approve: boolean;
  readonly time: number;
  readonly onEnd: () => void;
}

/** Shows once more what would run, before a decision counts. */
export const Confirm = ({ approval, approve, time, onEnd }: ConfirmProps) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  const reason = useSignal('');
  const problem = useSignal<string | null>(null);
  const isSent = useSignal(false);
  useEffect(() => {
    dialog.current?.showModal();
    cancel.current?.focus();
  }, []);
  const { title, says, button } = texts[approve ? 'approve' : 'deny'];
  const isOver = approval.state === 'used' || approval.state === 'expired';
  const send = async (): Promise<void> => {
    isSent.value = true;
    problem.value = null;
    try {
      const text = reason.value.trim();
      await decide(approval, { approve, reason: text === '' ? null : text });
      dialog.current?.close();
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    } finally {
      isSent.value = false;
    }
  };
  return (
    <dialog ref={dialog} class="confirm" aria-labelledby="confirm-title" onClose={onEnd}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isSent.value && !isOver) void send();
        }}
      >
        <h2 id="confirm-title">{title}</h2>
        <p>
          <strong>
            <UntrustedText text={approval.key} />
          </strong>
        </p>
        <p>{says}</p>
        <div class="card">
          <ApprovalFacts approval={approval} time={time} />
        </div>
        <label>
          Reason, which those whose calls fail can read (optional)
          <input
            type="text"
            maxLength={1000}
            autocomplete="off"
            value={reason.value}
            onInput={(event) => {
              reason.value = event.currentTarget.value;
            }}
          />
        </label>
        {isOver && <p role="alert">It has {approval.state === 'used' ? 'been used' : 'expired'} in the meantime.</p>}
        {problem.value !== null && (
          <p class="problem" role="alert">
            <UntrustedText text={problem.value} />
          </p>
        )}
        <div class="decide">
          <button ref={cancel} type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={isSent.value || isOver}>
            {button}
          </button>
        </div>
      </form>
    </dialog>
  );
};
