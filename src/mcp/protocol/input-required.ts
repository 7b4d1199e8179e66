import { createHash } from 'node:crypto';
import { isRecord } from '../../text/is-record.ts';
import { errorCodes } from '../jsonrpc/errors.ts';
import { keyOf, type Message, rawText, readMessage } from '../jsonrpc/message.ts';
import { eachMember, elementsAt, memberAt, parseSpan, type Span, splice } from '../jsonrpc/raw-json.ts';
import { elicitationParams } from './elicitation.ts';

/** The key of healflow's question in `inputRequests` and `inputResponses`. */
export const questionKey = 'healflow_approval';

/** The members of `params` that a client adds when it comes back with a request. */
const returnedMembers = ['requestState', 'inputResponses'];

/** Whether a request brings what the server behind has asked for. */
export const bringsInput = ({ bytes, params }: Message): boolean =>
  params !== undefined && returnedMembers.some((name) => memberAt(bytes, params.start, name) !== undefined);

/** What a client has come back with. */
export interface ReturnedInput {
  readonly state: string;
  /** The response to healflow's question: accepted and confirmed, anything else, or not there. */
  readonly response: unknown;
  /** The request as it was at first. */
  readonly request: Message;
}

/** The response to healflow's question among all that a client brings; undefined if it is not there. */
export const ownResponse = (responses: unknown): unknown =>
  isRecord(responses) && Object.hasOwn(responses, questionKey) ? responses[questionKey] : undefined;

/** The error for a client that comes back to a server that asks nothing. */
export const unexpectedState = { code: errorCodes.invalidParams, message: 'healflow: unexpected requestState' };

/** Reads what a client has come back with; undefined if its state does not begin with the prefix. */
export const readReturned = (request: Message, statePrefix: string): ReturnedInput | undefined => {
  const { bytes, params } = request;
  if (params === undefined) return undefined;
  const state = parseSpan(bytes, memberAt(bytes, params.start, 'requestState'));
  if (typeof state !== 'string' || !state.startsWith(statePrefix)) return undefined;
  return {
    state,
    response: ownResponse(parseSpan(bytes, memberAt(bytes, params.start, 'inputResponses'))),
    request: readMessage(splice(bytes, [{ ...params, bytes: withoutMembers(bytes, params, returnedMembers) }])),
  };
};

/** The object at a span without some of its members. */
const withoutMembers = (bytes: Buffer, { start }: Span, names: readonly string[]): string => {
  const kept: string[] = [];
  eachMember(bytes, start, (key, value) => {
    if (!names.includes(key)) kept.push(`${JSON.stringify(key)}:${rawText(bytes, value)}`);
  });
  return `{${kept.join(',')}}`;
};

/** The result that asks for input. @param text The question; undefined if the client shall only come back. */
export const inputRequiredResult = (
  requestState: string,
  { text, title, meta }: { readonly text: string | undefined; readonly title?: string; readonly meta: object },
) => ({
  resultType: 'input_required' as const,
  ...(text !== undefined && {
    inputRequests: {
      [questionKey]: { method: 'elicitation/create' as const, params: elicitationParams({ text }, title) },
    },
  }),
  requestState,
  _meta: meta,
});

/** Arguments that are nested deeper are not compared. */
const maxDepth = 100;
const maxBytes = 262_144;

/**
 * A digest of what a call asks for: the tool and its arguments, exactly, whatever the order of members and the white space.
 * Numbers count as they are written if they are too large to be exact. Undefined if they are too large for that, or if a name
 * is given twice in an object: it depends on the reader which of the two counts.
 */
export const callDigest = ({ bytes, params }: Message): string | undefined => {
  if (params === undefined) return undefined;
  let count = 0;
  eachMember(bytes, params.start, (key) => {
    if (key === 'name' || key === 'arguments') count += 1;
  });
  const name = memberAt(bytes, params.start, 'name');
  const args = memberAt(bytes, params.start, 'arguments');
  if (
    name === undefined ||
    count !== (args === undefined ? 1 : 2) ||
    (args !== undefined && args.end - args.start > maxBytes)
  )
    return undefined;
  const exact = args === undefined ? '{}' : exactText(bytes, args, 0);
  return (
    exact &&
    createHash('sha256')
      .update(`[${exactText(bytes, name, 0)},${exact}]`)
      .digest('hex')
  );
};

/** The value at a span in one form for all equal values; undefined if it is nested too deeply, or a name is there twice. */
const exactText = (bytes: Buffer, span: Span, depth: number): string | undefined => {
  if (depth > maxDepth) return undefined;
  const first = bytes[span.start];
  if (first === 0x7b) {
    const members: [string, string | undefined][] = [];
    eachMember(bytes, span.start, (key, value) =>
      members.push([JSON.stringify(key), exactText(bytes, value, depth + 1)]),
    );
    if (members.some(([, text]) => text === undefined)) return undefined;
    if (new Set(members.map(([key]) => key)).size < members.length) return undefined;
    const texts = members.map(([key, text]) => `${key}:${text}`).sort();
    return `{${texts.join(',')}}`;
  }
  if (first === 0x5b) {
    const texts = (elementsAt(bytes, span.start) ?? []).map((element) => exactText(bytes, element, depth + 1));
    return texts.includes(undefined) ? undefined : `[${texts.join(',')}]`;
  }
  const raw = rawText(bytes, span);
  return keyOf(raw) || raw;
};
