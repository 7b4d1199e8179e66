import type { RunOutcome } from '../../model/run.ts';
import { isRecord } from '../../text/is-record.ts';
import { hasFacts, healingMeta, healingMetaKey } from './result-meta.ts';

/** What a tool of an SDK server returns, with the facts of its run, if there are any. @throws the tool's own error */
export const outcomeValue = (outcome: RunOutcome<unknown>): unknown => {
  if (!outcome.ok && outcome.thrown) throw outcome.error;
  const { value } = outcome;
  // The SDK serialises the result anyway, so the facts go onto a copy.
  if (!hasFacts(outcome) || !isRecord(value)) return value;
  const meta = isRecord(value._meta) ? value._meta : {};
  return { ...value, _meta: { ...meta, [healingMetaKey]: healingMeta(outcome) } };
};
