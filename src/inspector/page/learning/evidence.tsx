import type { Odds } from '../api/types.ts';
import { oddsRatio, share } from '../text/evidence.ts';

/** What is known of a fix, each number with how many it rests on. */
export const EvidenceFacts = ({ odds: { odds, trials, natural } }: { odds: Odds }) => (
  <>
    <dt>Succeeded after it</dt>
    <dd>{share(trials.succeeded, trials.of, trials.interval)}</dd>
    <dt>Ends by itself</dt>
    <dd>{share(natural.recovered, natural.of, natural.interval)}</dd>
    <dt>Odds</dt>
    <dd>{oddsRatio(odds)}</dd>
  </>
);
