import { errorCodes, errorResponse } from './errors.ts';
import type { OversizeLine } from './lines.ts';
import { keyOf, rawText } from './message.ts';
import { eachMember, skipWhitespace } from './raw-json.ts';

/** The error that replaces a message longer than the limit, and whether its sender or its receiver gets it. */
export interface OversizeError {
  readonly to: 'sender' | 'receiver';
  readonly bytes: Buffer;
}

/** The id of a message and who gets the error, as far as its two ends show them. */
interface MessageHints {
  id?: string;
  to?: OversizeError['to'];
}

/** A scalar member that is the last member of an object at the end of the text. */
const lastMember = /,\s*"([^"\\]*)"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)\s*\}\s*$/;

/** Takes a member into account; the raw value is undefined if it may have been cut off. */
const addHint = (hints: MessageHints, name: string, raw: string | undefined): void => {
  if (name === 'id' && raw !== undefined && keyOf(raw) !== '') hints.id = raw;
  if (name === 'method') hints.to = 'sender';
  if (name === 'result' || name === 'error') hints.to ??= 'receiver';
};

/** Reads the members before the one that was cut off, and the scalar members after it. */
const findHints = ({ head, tail, length }: OversizeLine): MessageHints => {
  const hints: MessageHints = {};
  const start = head.length + tail.length === length ? Buffer.concat([head, tail]) : head;
  eachMember(start, skipWhitespace(start, 0), (name, value) => {
    addHint(hints, name, value.end === start.length ? undefined : rawText(start, value));
  });
  // A string has no unescaped quote inside, so a match right before the last brace is a member of the message itself.
  let end = tail.toString();
  for (let match = lastMember.exec(end); match !== null; match = lastMember.exec(end)) {
    addHint(hints, match[1] as string, match[2]);
    end = `${end.slice(0, match.index)}}`;
  }
  return hints;
};

/**
 * Makes the error that replaces a message longer than the limit. Undefined if the message has no id, or if the id cannot
 * be known without reading the whole message.
 */
export const oversizeError = (line: OversizeLine, maxBytes: number): OversizeError | undefined => {
  const { id, to } = findHints(line);
  if (id === undefined || to === undefined) return undefined;
  const message = `healflow: a message of ${line.length} bytes was refused, the limit is ${maxBytes} bytes (proxy.maxLineBytes)`;
  return { to, bytes: errorResponse(id, errorCodes.invalidRequest, message) };
};

/**
 * Makes the same error and logs it. Undefined if the message is dropped.
 *
 * @param from The sender of the message.
 */
export const rejectOversize = (
  line: OversizeLine,
  from: 'client' | 'server',
  maxLineBytes: number,
  log: (text: string) => void,
): OversizeError | undefined => {
  const error = oversizeError(line, maxLineBytes);
  log(
    `a message of ${line.length} bytes from the ${from} was ${error === undefined ? 'dropped' : 'refused'}: ` +
      `the limit is ${maxLineBytes} bytes (proxy.maxLineBytes)`,
  );
  return error;
};
