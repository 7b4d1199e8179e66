import type { DiagnosisClass } from '../model/terms.ts';
import { type Facts, isConnectedCode, newFacts } from './facts.ts';
import { addTextStatus } from './text-facts.ts';

/** Words of a request that was cut off after it had been sent. */
const cutOff =
  /\b(?:ECONNRESET|EPIPE|connection reset|broken pipe|socket hang up|read timed out|closed (?:the )?connection unexpectedly|server has gone away|lost connection|unexpected (?:EOF|disconnect)|early EOF|hung up unexpectedly|other side closed|empty reply)\b/i;

/** A server that answered so may have carried the request out, whatever its words are. */
const ambiguousStatuses = new Set([500, 502, 504]);

const statusOf = (facts: Facts, text: string): number | undefined => {
  if (facts.statuses.length > 0 || !/50[024]/.test(text)) return facts.statuses[0];
  const said = newFacts();
  addTextStatus(said, text);
  return said.statuses[0];
};

/** Whether an output speaks against it that the request certainly was not carried out, which its class would mean. */
export const isUncertain = (of: DiagnosisClass, facts: Facts, text: string): boolean =>
  ambiguousStatuses.has(statusOf(facts, text) ?? 0) ||
  // A host that becomes unreachable ends a connection on which the request may have been sent.
  (of === 'network' && facts.codes.some(isConnectedCode)) ||
  (of !== 'auth' && of !== 'rate' && cutOff.test(text));
