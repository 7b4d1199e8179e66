import { useEffect, useRef } from 'preact/hooks';
import { oddsText } from '../../../text/odds.ts';
import type { ActionRow, SignatureRow } from '../api/types.ts';
import { ScrollArea } from '../shell/scroll-area.tsx';
import { UntrustedText } from '../shell/text.tsx';
import { rareSignature } from '../state/learning.ts';
import { chosenSignature, hrefTo } from '../state/route.ts';
import { share } from '../text/evidence.ts';
import { coarseDuration, count, counted, moment } from '../text/format.ts';
import type { PartProps } from './part.ts';

export const Ago = ({ at, time }: { at: number | null; time: number }) =>
  at === null ? <>unknown</> : <span title={moment(at)}>{coarseDuration(time - at)} ago</span>;

const Actions = ({ id, actions, time }: { id: string; actions: readonly ActionRow[]; time: number }) => (
  <ScrollArea class="table-frame" label={`What was run against ${id}`}>
    <table>
      <thead>
        <tr>
          {['What was run', 'Succeeded after', 'Odds', 'Last run'].map((head) => (
            <th scope="col" key={head}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {actions.map(({ text, odds, unchecked, isIncomplete, last }, index) => (
          <tr key={`${text} ${index}`}>
            <th scope="row">
              <code>
                <UntrustedText text={text} />
              </code>
              {isIncomplete && <div class="why">A part of it was masked: it cannot be run again.</div>}
            </th>
            <td>
              {share(odds.trials.succeeded, odds.trials.of, odds.trials.interval)}
              {unchecked > 0 && <div class="why">{counted(unchecked, 'run')} without a check, not counted</div>}
            </td>
            <td class="odds">{oddsText(odds.odds)}</td>
            <td>
              <Ago at={last} time={time} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </ScrollArea>
);

const Tools = ({ tools, toolCount }: Pick<SignatureRow, 'tools' | 'toolCount'>) => (
  <>
    {tools.map(({ name, seen }, index) => (
      <span key={name}>
        {index > 0 && ', '}
        <UntrustedText text={name} /> ({count(seen)})
      </span>
    ))}
    {toolCount > tools.length && ` and ${count(toolCount - tools.length)} more`}
  </>
);

const Card = ({ signature, time }: { signature: SignatureRow; time: number }) => {
  const { id, line, class: name, seen, tools, toolCount, first, last, natural, actions, lessons, notes } = signature;
  const isChosen = chosenSignature.value === id;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isChosen) return;
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: 'center' });
  }, [isChosen]);
  return (
    <article class={isChosen ? 'card is-chosen' : 'card'} aria-labelledby={`signature-${id}`}>
      <h4 id={`signature-${id}`} ref={heading} tabIndex={-1}>
        <code>{line === null ? 'No longer in the log' : <UntrustedText text={line} />}</code>
        {name !== null && <span class="tag">{name}</span>}
        <small>{id}</small>
      </h4>
      <dl>
        <dt>Seen</dt>
        <dd>
          {counted(seen, 'time')} in {counted(toolCount, 'tool')}: <Tools tools={tools} toolCount={toolCount} />
        </dd>
        <dt>First and last</dt>
        <dd>
          <Ago at={first} time={time} />, <Ago at={last} time={time} />
        </dd>
        <dt>Ends by itself</dt>
        <dd>{share(natural.recovered, natural.of, natural.interval)}</dd>
        {lessons.length > 0 && (
          <>
            <dt>Lessons</dt>
            <dd>
              {lessons.map((lesson, index) => (
                <span key={lesson.name}>
                  {index > 0 && ', '}
                  {lesson.name} <span class={`tag rung-${lesson.rung}`}>{lesson.rung}</span>
                </span>
              ))}
            </dd>
          </>
        )}
        {notes.length > 0 && (
          <>
            <dt>Notes of agents</dt>
            {notes.map(({ at, note }) => (
              <dd key={`${at} ${note}`}>
                <UntrustedText text={note} />
              </dd>
            ))}
          </>
        )}
      </dl>
      {actions.length === 0 ? (
        <p class="hint">Nothing was run against it.</p>
      ) : (
        <Actions id={id} actions={actions} time={time} />
      )}
    </article>
  );
};

const Rare = ({ time }: { time: number }) => {
  const rare = rareSignature.value;
  if (rare === null) return null;
  if (rare === 'loading') return <p class="hint">Loading this failure…</p>;
  if (rare === 'gone') return <p class="hint">The log has nothing about this failure yet.</p>;
  return <Card signature={rare} time={time} />;
};

/** The failures that the log knows. The chosen one is the first. */
export const Signatures = ({ known: { signatures, signatureCount }, time }: PartProps) => {
  const chosen = signatures.filter(({ id }) => id === chosenSignature.value);
  const others = signatures.filter(({ id }) => id !== chosenSignature.value);
  return (
    <section aria-labelledby="signatures">
      <h3 id="signatures">Failures</h3>
      <p class="says">
        The same failure has the same signature on every machine: what differs from call to call is masked.
        {chosenSignature.value !== '' && (
          <>
            {' '}
            <a href={hrefTo({ signature: '' })}>Show them in order</a>
          </>
        )}
      </p>
      {signatures.length === 0 && <p class="hint">No failures in the log.</p>}
      <div class="stacked">
        <Rare time={time} />
        {[...chosen, ...others].map((signature) => (
          <Card key={signature.id} signature={signature} time={time} />
        ))}
      </div>
      {signatureCount > signatures.length && (
        <p class="hint">and {count(signatureCount - signatures.length)} that were seen less often</p>
      )}
    </section>
  );
};
