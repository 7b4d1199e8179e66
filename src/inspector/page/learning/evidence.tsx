import { oddsText } from '../../../text/odds.ts';
import type { Odds, PatternTest } from '../api/types.ts';
import { UntrustedText } from '../shell/text.tsx';
import { share } from '../text/evidence.ts';
import { count, counted } from '../text/format.ts';

/** What is known of a fix, each number with how many it rests on. */
export const EvidenceFacts = ({ odds: { odds, trials, natural } }: { odds: Odds }) => (
  <>
    <dt>Succeeded after it</dt>
    <dd>{share(trials.succeeded, trials.of, trials.interval)}</dd>
    <dt>Ends by itself</dt>
    <dd>{share(natural.recovered, natural.of, natural.interval)}</dd>
    <dt>Odds</dt>
    <dd>{oddsText(odds)}</dd>
  </>
);

const kinds: Readonly<Record<string, string>> = {
  healthy: 'a text without a failure',
  counterexample: 'a counterexample',
  example: 'it does not match its example',
  unfixable: 'a failure that no fix repairs',
};

const maxShown = 5;

/** What the pattern matches in the log, and among texts without a failure. */
export const TestFacts = ({ test: { log, healthy, falseMatches, falseCount } }: { test: PatternTest }) => (
  <>
    <dl class="facts">
      <dt>Matches in the log</dt>
      <dd>
        {count(log.matched)} of {counted(log.of, 'failure')}
      </dd>
      <dt>Matches without a failure</dt>
      <dd>
        {count(healthy.matched)} of {counted(healthy.of, 'text')}
      </dd>
    </dl>
    {falseCount > 0 && (
      <div class="problem">
        <p>{counted(falseCount, 'false match', 'false matches')}:</p>
        <ul>
          {falseMatches.slice(0, maxShown).map(({ kind, text, source }) => (
            <li key={`${kind} ${text}`}>
              {kinds[kind] ?? kind} (<UntrustedText text={source} />
              ): <UntrustedText text={text} />
            </li>
          ))}
        </ul>
      </div>
    )}
  </>
);
