import { UntrustedText } from '../shell/text.tsx';
import { useNow } from '../shell/use-now.ts';
import { learning, learningProblem, learningReadAt } from '../state/learning.ts';
import { mode } from '../state/server.ts';
import { clockTime } from '../text/format.ts';
import { Lessons } from './lessons.tsx';
import { Records } from './records.tsx';
import { Signatures } from './signatures.tsx';

const Problem = ({ text }: { text: string }) => (
  <div class="problem" role="alert">
    <p>
      <UntrustedText text={text} />
    </p>
    <p>
      {learning.value === null
        ? 'It is tried again.'
        : `The page shows what it was at ${clockTime(learningReadAt.value)}, and tries again.`}
    </p>
  </div>
);

const Known = () => {
  const time = useNow();
  const known = learning.value;
  if (known === null) return learningProblem.value === null ? <p class="hint">Loading…</p> : null;
  const { signatures, lessons, lessonProblems, records, damaged } = known;
  if (signatures.length + lessons.length + lessonProblems.length + records.length === 0) {
    return (
      <p class="says">
        Nothing yet. Failures are listed here once they are in the log. To teach a repair, run it with{' '}
        <code>healflow repair -- COMMAND</code> while a call fails.
      </p>
    );
  }
  return (
    <>
      <p class="says">
        What fails, how often it ends by itself, and what helped. A range in percent is a 95 % interval. Odds compare
        “what was run works” with “the failure ends by itself”: a fix is proposed at 20:1, and may run without a
        question at 100:1.
      </p>
      {damaged > 0 && <p class="hint">{damaged} damaged records were skipped.</p>}
      <Lessons known={known} time={time} />
      <Signatures known={known} time={time} />
      <Records known={known} time={time} />
    </>
  );
};

/** What was learned: lessons, the failures that the log knows, and repairs and trials. */
export const LearningView = () => (
  <div class="page learning">
    <h2 tabIndex={-1}>Learning</h2>
    {mode.value?.mode === 'live' && mode.value.learning === undefined ? (
      <p class="says">This page does not show what was learned: it has no memory folder.</p>
    ) : (
      <>
        {learningProblem.value !== null && <Problem text={learningProblem.value} />}
        <Known />
      </>
    )}
  </div>
);
