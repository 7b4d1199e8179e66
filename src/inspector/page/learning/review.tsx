import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { LessonReview, LessonRow, Rung, TaintedArgument } from '../api/types.ts';
import { UntrustedBlock, UntrustedText } from '../shell/text.tsx';
import { move, review } from '../state/learning.ts';
import { shown } from '../text/shown.ts';
import { Diff } from './diff.tsx';
import { EvidenceFacts, TestFacts } from './evidence.tsx';
import { isUp, rungWords } from './rungs.ts';

/** The name that was entered last, so that it is not typed for each lesson. */
let lastName = '';

interface ReviewProps {
  readonly lesson: LessonRow;
  readonly to: Rung;
  readonly onEnd: () => void;
}

const titleOf = (name: string, from: Rung, to: Rung): string => {
  if (to === 'retired') return `Retire ${name}?`;
  if (from === 'retired') return `Bring back ${name}?`;
  return isUp(from, to) ? `Approve ${name} for ${to}?` : `Move ${name} down to ${to}?`;
};

const buttonOf = (from: Rung, to: Rung): string => {
  if (to === 'retired') return 'Retire';
  if (from === 'retired') return 'Bring back';
  return isUp(from, to) ? `Approve for ${to}` : `Move down to ${to}`;
};

const Taint = ({
  taint: { index, argument, seenIn, tool },
  typed,
  onType,
}: {
  taint: TaintedArgument;
  typed: string;
  onType: (text: string) => void;
}) => (
  <div class="taint">
    <p>
      <code class="tainted">{shown(argument)}</code> appeared in an output of <UntrustedText text={tool} />:{' '}
      <q>
        <UntrustedText text={seenIn} />
      </q>
    </p>
    <label>
      Type argument {index} again
      <input
        type="text"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        required
        value={typed}
        onInput={(event) => onType(event.currentTarget.value)}
      />
    </label>
  </div>
);

/** Shows what changes and the evidence, and asks for what the move needs, before it counts. */
export const Review = ({ lesson, to, onEnd }: ReviewProps) => {
  const { name, rung, action, actionText, odds } = lesson;
  const dialog = useRef<HTMLDialogElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  const known = useSignal<LessonReview | null>(null);
  const by = useSignal(lastName);
  const reason = useSignal('');
  const typed = useSignal<Readonly<Record<string, string>>>({});
  const problem = useSignal<string | null>(null);
  const isSent = useSignal(false);
  useEffect(() => {
    dialog.current?.showModal();
    cancel.current?.focus();
    const until = new AbortController();
    review(name, to, until.signal).then(
      (found) => {
        known.value = found;
      },
      (error: unknown) => {
        if (!until.signal.aborted) problem.value = error instanceof Error ? error.message : String(error);
      },
    );
    return () => until.abort();
  }, [name, to, known, problem]);
  const found = known.value;
  const up = isUp(rung, to);
  const taints = up ? (found?.taints ?? []) : [];
  const send = async ({ version }: LessonReview): Promise<void> => {
    isSent.value = true;
    problem.value = null;
    const text = reason.value.trim();
    try {
      await move(name, {
        to,
        version,
        by: by.value.trim(),
        reason: text === '' ? null : text,
        typed: typed.value,
      });
      lastName = by.value.trim();
      dialog.current?.close();
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    } finally {
      isSent.value = false;
    }
  };
  return (
    <dialog ref={dialog} class="confirm review" aria-labelledby="review-title" onClose={onEnd}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (found !== null && !isSent.value) void send(found);
        }}
      >
        <h2 id="review-title">{titleOf(name, rung, to)}</h2>
        <p>
          On the rung {to}, a lesson {rungWords[to]}.
        </p>
        {'run' in action ? (
          <UntrustedBlock text={actionText} label={`What ${name} runs`} />
        ) : (
          <p>
            Its fix: <code>{actionText}</code> of the configuration.
          </p>
        )}
        <dl class="facts">
          <EvidenceFacts odds={odds} />
        </dl>
        {found === null && problem.value === null && <p class="hint">Loading what changes…</p>}
        {found !== null && (
          <>
            <h3>What changes in its file</h3>
            <Diff lines={found.diff} label={`Change of ${name}`} />
            {found.test !== null && <TestFacts test={found.test} />}
            {found.cannotRun !== null && found.refusal?.includes(found.cannotRun) !== true && (
              <p class="problem">
                It would not run yet: <UntrustedText text={found.cannotRun} />
              </p>
            )}
            {found.refusal !== null && (
              <p class="problem" role="alert">
                <UntrustedText text={found.refusal} />
              </p>
            )}
            {taints.length > 0 && (
              <fieldset class="taints">
                <legend>Arguments that a tool may have put there</legend>
                {taints.map((taint) => (
                  <Taint
                    key={taint.index}
                    taint={taint}
                    typed={typed.value[String(taint.index)] ?? ''}
                    onType={(text) => {
                      typed.value = { ...typed.value, [String(taint.index)]: text };
                    }}
                  />
                ))}
              </fieldset>
            )}
            {up && 'run' in action && <p class="says">{found.taintLimits}</p>}
          </>
        )}
        <label>
          Your name, which is recorded in the file
          <input
            type="text"
            autocomplete="name"
            maxLength={80}
            required
            value={by.value}
            onInput={(event) => {
              by.value = event.currentTarget.value;
            }}
          />
        </label>
        <label>
          {to === 'retired' ? 'Reason, which is kept in the file' : 'Reason (optional)'}
          <input
            type="text"
            autocomplete="off"
            maxLength={500}
            required={to === 'retired'}
            value={reason.value}
            onInput={(event) => {
              reason.value = event.currentTarget.value;
            }}
          />
        </label>
        {problem.value !== null && (
          <p class="problem" role="alert">
            <UntrustedText text={problem.value} />
          </p>
        )}
        <div class="decide">
          <button ref={cancel} type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={isSent.value || found === null || found.refusal !== null}>
            {buttonOf(rung, to)}
          </button>
        </div>
      </form>
    </dialog>
  );
};
