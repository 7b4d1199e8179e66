import type { ResponseBody } from '../../../http/client.ts';
import { EventReader, type ServerEvent } from '../../../http/events.ts';
import { asLine, LineSampler, type OversizeLine } from '../../jsonrpc/lines.ts';

/** Receives the contents of a response's body. */
export interface AnswerEvents {
  /** One message, as a line. */
  readonly message: (bytes: Buffer) => void;
  /** A message that is longer than the limit. */
  readonly oversize: (line: OversizeLine) => void;
  /** An event of any kind, before the message in it. */
  readonly event?: (event: ServerEvent) => void;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;

/** The message that an event carries, as one line; undefined if it carries none. */
const lineOfEvent = ({ event, data, raw }: ServerEvent): Buffer | undefined => {
  if (data === undefined || data === '' || (event !== undefined && event !== 'message')) return undefined;
  return asLine(data.includes('\n') ? Buffer.from(data) : dataOf(raw));
};

/** The data of an event that has it in one line, byte for byte. */
const dataOf = (raw: Buffer): Buffer => {
  const at = [raw.indexOf('\ndata:'), raw.indexOf('\rdata:')].filter((place) => place !== -1);
  const start = (raw.indexOf('data:') === 0 ? 0 : Math.min(...at) + 1) + 'data:'.length;
  const ends = [raw.indexOf(lineFeed, start), raw.indexOf(carriageReturn, start)].filter((place) => place !== -1);
  return raw.subarray(raw[start] === space ? start + 1 : start, Math.min(...ends));
};

/** The media type in the Content-Type header, without parameters. */
export const mediaTypeOf = ({ headers }: ResponseBody): string =>
  (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** Resolves when the body has ended; with the error if it broke. */
const wholeBody = (body: ResponseBody): Promise<Error | undefined> =>
  new Promise((resolve) => {
    body.once('end', () => resolve(undefined));
    body.once('error', resolve);
    body.once('close', () => resolve(new Error('the response was not read to its end')));
  });

/** Reads an event stream. Resolves when it has ended; with the error if it broke. */
export const readEvents = (body: ResponseBody, maxBytes: number, events: AnswerEvents): Promise<Error | undefined> => {
  let dropped: LineSampler | undefined;
  const reader = new EventReader(maxBytes, {
    event: (event) => {
      events.event?.(event);
      const bytes = lineOfEvent(event);
      if (bytes !== undefined) events.message(bytes);
    },
    overflow: (piece, isLast) => {
      dropped ??= new LineSampler();
      dropped.add(piece);
      if (!isLast) return;
      events.oversize(messageOf(dropped.end()));
      dropped = undefined;
    },
  });
  body.on('data', (chunk: Buffer) => reader.push(chunk));
  return wholeBody(body);
};

/** The two ends of a message in an event that was too long, without the names of the event's fields. */
const messageOf = ({ head, tail, length }: OversizeLine): OversizeLine => {
  const start = Math.max(0, head.indexOf('{'));
  return { head: head.subarray(start), tail: Buffer.from(tail.toString('latin1').trimEnd(), 'latin1'), length };
};

/** Reads a body that is one message. Resolves when it has ended; with the error if it broke. */
export const readMessageBody = async (
  body: ResponseBody,
  maxBytes: number,
  events: AnswerEvents,
): Promise<Error | undefined> => {
  const chunks: Buffer[] = [];
  let length = 0;
  let dropped: LineSampler | undefined;
  body.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > maxBytes) {
      dropped ??= new LineSampler();
      for (const piece of chunks.splice(0)) dropped.add(piece);
      dropped.add(chunk);
    } else chunks.push(chunk);
  });
  const error = await wholeBody(body);
  if (error !== undefined) return error;
  if (dropped !== undefined) events.oversize(dropped.end());
  else events.message(asLine(Buffer.concat(chunks)));
  return undefined;
};

/** Reads the first bytes of a body, without waiting for the rest. */
export const readExcerpt = async (body: ResponseBody, maxBytes: number): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let length = 0;
  body.on('data', (chunk: Buffer) => {
    length += chunk.length;
    chunks.push(chunk);
    if (length > maxBytes) body.destroy();
  });
  await wholeBody(body);
  return Buffer.concat(chunks).subarray(0, maxBytes);
};
