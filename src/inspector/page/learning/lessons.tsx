import { useSignal } from '@preact/signals';
import type { LessonRow, Rung } from '../api/types.ts';
import { ScrollArea } from '../shell/scroll-area.tsx';
import { UntrustedBlock, UntrustedText } from '../shell/text.tsx';
import { hrefTo } from '../state/route.ts';
import { count, counted } from '../text/format.ts';
import { EvidenceFacts } from './evidence.tsx';
import { History } from './history.tsx';
import type { PartProps } from './part.ts';
import { Review } from './review.tsx';
import { isUp, rungOrder, rungWords } from './rungs.ts';
import { Ago } from './signatures.tsx';

/** A move that a person is about to make. */
interface Chosen {
  readonly name: string;
  readonly to: Rung;
}

const Approval = ({ approved, isEdited, isElsewhere, rung, writtenRung, time }: LessonRow & { time: number }) => (
  <>
    {isEdited && (
      <p class="problem">
        The file was changed after its approval, so that it does not hold. The file says {writtenRung}, but the lesson
        counts as {rung} until a person approves it again.
      </p>
    )}
    {isElsewhere && (
      <p class="problem">
        It was approved for {writtenRung} on another machine. It counts as {rung} here: approve it here too.
      </p>
    )}
    {approved !== null && (
      <p class={isEdited ? 'says is-over' : 'says'}>
        Approved by <UntrustedText text={approved.by} />, <Ago at={approved.at} time={time} />
        {isEdited ? ': no longer valid.' : '.'}
      </p>
    )}
  </>
);

const Moves = ({ name, moved, time }: Pick<LessonRow, 'name' | 'moved'> & { time: number }) =>
  moved.length === 0 ? null : (
    <details>
      <summary>{counted(moved.length, 'move')}</summary>
      <ScrollArea class="table-frame" label={`Moves of ${name}`}>
        <table>
          <thead>
            <tr>
              {['When', 'Move', 'By', 'Reason'].map((head) => (
                <th scope="col" key={head}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {moved.toReversed().map(({ at, from, to, by, reason }, index) => (
              <tr key={`${at} ${index}`}>
                <td>
                  <Ago at={at} time={time} />
                </td>
                <th scope="row">
                  {from} → {to}
                </th>
                <td>
                  <UntrustedText text={by} />
                </td>
                <td>{reason === null ? '–' : <UntrustedText text={reason} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
    </details>
  );

const Retired = ({ moved, time }: Pick<LessonRow, 'moved'> & { time: number }) => {
  const last = moved.at(-1);
  if (last?.to !== 'retired') return null;
  return (
    <p class="says">
      Retired by <UntrustedText text={last.by} />, <Ago at={last.at} time={time} />
      {last.reason !== null && (
        <>
          : <UntrustedText text={last.reason} />
        </>
      )}
    </p>
  );
};

const moveWords = (from: Rung, to: Rung): string => {
  if (to === 'retired') return 'Retire';
  if (from === 'retired') return 'Bring back';
  return isUp(from, to) ? `Approve for ${to}` : `Move down to ${to}`;
};

const Card = ({ lesson, time, onChoose }: { lesson: LessonRow; time: number; onChoose: (chosen: Chosen) => void }) => {
  const {
    name,
    rung,
    class: kind,
    text,
    tools,
    action,
    actionText,
    odds,
    shadow,
    history,
    moved,
    signatures,
    moves,
  } = lesson;
  return (
    <article class="card" aria-labelledby={`lesson-${name}`}>
      <h4 id={`lesson-${name}`}>
        {name} <span class={`tag rung-${rung}`}>{rung}</span>
        <small>{rungWords[rung]}</small>
      </h4>
      <Approval {...lesson} time={time} />
      {rung === 'retired' && <Retired moved={moved} time={time} />}
      <dl>
        <dt>Failure</dt>
        <dd>
          <span class="tag">{kind}</span>
          {tools.length > 0 && (
            <>
              {' '}
              of <UntrustedText text={tools.join(', ')} />
            </>
          )}
          {text.map((one) => (
            <div key={one}>
              <code>
                <UntrustedText text={one} />
              </code>
            </div>
          ))}
        </dd>
        {'use' in action && (
          <>
            <dt>Fix</dt>
            <dd>
              <code>{actionText}</code> of the configuration
            </dd>
          </>
        )}
        <EvidenceFacts odds={odds} />
        {shadow !== null && (
          <>
            <dt>In the shadow</dt>
            <dd>
              {count(shadow.needless)} of {counted(shadow.of, 'shadowed failure')} ended without it
            </dd>
          </>
        )}
        {signatures.length > 0 && (
          <>
            <dt>Learned from</dt>
            <dd>
              {signatures.map((id, index) => (
                <span key={id}>
                  {index > 0 && ', '}
                  <a href={hrefTo({ signature: id })}>
                    failure <code>{id}</code>
                  </a>
                </span>
              ))}
            </dd>
          </>
        )}
      </dl>
      {'run' in action && <UntrustedBlock text={actionText} label={`What ${name} runs`} />}
      <History name={name} history={history} />
      <Moves name={name} moved={moved} time={time} />
      <div class="decide">
        {[...moves].sort(rungOrder).map((to) => (
          <button
            key={to}
            type="button"
            aria-label={`${moveWords(rung, to)}: ${name}`}
            onClick={() => onChoose({ name, to })}
          >
            {moveWords(rung, to)}…
          </button>
        ))}
      </div>
    </article>
  );
};

/** The lessons, with the buttons that move them. */
export const Lessons = ({ known: { lessons, lessonProblems }, time }: PartProps) => {
  const chosen = useSignal<Chosen | null>(null);
  const lesson = lessons.find(({ name }) => name === chosen.value?.name);
  return (
    <section aria-labelledby="lessons">
      <h3 id="lessons">Lessons</h3>
      <p class="says">
        A lesson is a fix that was learned from repairs. Only a person moves it up: proposed, shadow, ask, auto. If it
        stops working, healflow moves it down.
      </p>
      {lessonProblems.map(({ file, problem }) => (
        <p class="problem" key={file}>
          <UntrustedText text={file} /> cannot be read: <UntrustedText text={problem} />
        </p>
      ))}
      {lessons.length === 0 && <p class="hint">No lessons yet.</p>}
      <div class="cards">
        {lessons.map((one) => (
          <Card
            key={one.name}
            lesson={one}
            time={time}
            onChoose={(next) => {
              chosen.value = next;
            }}
          />
        ))}
      </div>
      {chosen.value !== null && lesson !== undefined && (
        <Review
          lesson={lesson}
          to={chosen.value.to}
          onEnd={() => {
            chosen.value = null;
          }}
        />
      )}
    </section>
  );
};
