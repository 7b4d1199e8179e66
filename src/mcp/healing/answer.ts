import type { RunReport } from '../../model/run.ts';
import type { Message } from '../jsonrpc/message.ts';
import { type Edit, eachMember, type Span, skipWhitespace, splice } from '../jsonrpc/raw-json.ts';
import { hasFacts, healingMeta, healingMetaKey } from './result-meta.ts';

/** Where and how the facts of a run are written into the result at `result`; null if it is no object to write into. */
const metaEdit = (bytes: Buffer, result: Span, facts: string): Edit | null => {
  let meta: Span | undefined;
  let isEmpty = true;
  const end = eachMember(bytes, result.start, (key, value) => {
    isEmpty = false;
    if (key === '_meta') meta = value;
  });
  if (end === -1) return null;
  if (meta === undefined) {
    return insertion(end - 1, `${isEmpty ? '' : ','}"_meta":{${JSON.stringify(healingMetaKey)}:${facts}}`);
  }
  let present: Span | undefined;
  const metaEnd = eachMember(bytes, meta.start, (key, value) => {
    if (key === healingMetaKey) present = value;
  });
  if (metaEnd === -1) return null;
  // Another healflow behind this one has left its own facts; the outer run is the one that the client asked for.
  if (present !== undefined) return { ...present, bytes: facts };
  const first = skipWhitespace(bytes, meta.start + 1);
  return insertion(first, `${JSON.stringify(healingMetaKey)}:${facts}${bytes[first] === 0x7d ? '' : ','}`);
};

const insertion = (at: number, bytes: string): Edit => ({ start: at, end: at, bytes });

/**
 * Makes the answer that the client gets of the one that the server gave.
 *
 * The bytes of the server's result or error stay as they are. The id is the client's, as the client wrote it. The facts of
 * the run go into the result's `_meta` where there is something to tell: the call was repeated, a fix has run, or a fix is
 * known but the call may have taken effect. In all other cases, and in JSON-RPC errors always, nothing is added: an answer
 * of the first attempt then leaves byte for byte as it came.
 */
export const healedResponse = (rawId: string, answer: Message, report: RunReport): Buffer => {
  const edits: Edit[] = [];
  if (report.attempts > 1 && answer.id !== undefined) edits.push({ ...answer.id, bytes: rawId });
  if (answer.result !== undefined && hasFacts(report)) {
    const edit = metaEdit(answer.bytes, answer.result, JSON.stringify(healingMeta(report)));
    if (edit !== null) edits.push(edit);
  }
  return edits.length === 0 ? answer.bytes : splice(answer.bytes, edits);
};
