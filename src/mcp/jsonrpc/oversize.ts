import type { OversizeLine } from './lines.ts';
import { keyOf, rawText } from './message.ts';
import { eachMember, skipWhitespace } from './raw-json.ts';

/** What takes the place of a message that was too long: an error, for its sender or for its receiver. */
export interface OversizeError {
  readonly to: 'sender' | 'receiver';
  readonly bytes: Buffer;
}

/** What the two ends of a message tell of its id and its kind. */
interface MessageHints {
  id: string | undefined;
  kind: 'call' | 'answer' | undefined;
}

/** A scalar member that is the last one of an object that ends the text. */
const lastMember = /,\s*"([^"\\]*)"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)\s*\}\s*$/;

const note = (clues: MessageHints, name: string, raw: string): void => {
  if (name === 'id' && keyOf(raw) !== '') clues.id = raw;
  if (name === 'method') clues.kind = 'call';
  if (name === 'result' || name === 'error') clues.kind ??= 'answer';
};

/** Looks at the members before the one that was cut off, and at the scalars after it. */
const inferIdAndKind = ({ head, tail, length }: OversizeLine): MessageHints => {
  const clues: MessageHints = { id: undefined, kind: undefined };
  const start = head.length + tail.length === length ? Buffer.concat([head, tail]) : head;
  eachMember(start, skipWhitespace(start, 0), (name, value) => {
    note(clues, name, value.end === start.length ? '' : rawText(start, value));
  });
  // No quote can stand unescaped inside a string, so a match right before the last brace is a member of the message itself.
  let end = tail.toString();
  for (let match = lastMember.exec(end); match !== null; match = lastMember.exec(end)) {
    note(clues, match[1] ?? '', match[2] ?? '');
    end = `${end.slice(0, match.index)}}`;
  }
  return clues;
};

/**
 * Makes the error that answers for a message longer than the cap. Undefined where the message has no id, or none that
 * can be known without reading all of it.
 */
export const oversizeError = (line: OversizeLine, maxBytes: number): OversizeError | undefined => {
  const { id, kind } = inferIdAndKind(line);
  if (id === undefined || kind === undefined) return undefined;
  const message = `healflow: a message of ${line.length} bytes was refused, the limit is ${maxBytes} bytes (proxy.maxLineBytes)`;
  return {
    to: kind === 'call' ? 'sender' : 'receiver',
    bytes: errorResponse(id, -32600, message),
  };
};

/** A JSON-RPC error for the request with this raw id. */
export const errorResponse = (rawId: string, code: number, message: string): Buffer =>
  Buffer.from(`{"jsonrpc":"2.0","id":${rawId},"error":${JSON.stringify({ code, message })}}\n`);
