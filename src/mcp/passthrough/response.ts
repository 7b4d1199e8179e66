import type { EndpointAnswer } from '../../http/client.ts';
import { EventReader, type ServerEvent } from '../../http/events.ts';
import { responseHeaders } from '../../http/headers.ts';
import { withoutLineEnd } from '../jsonrpc/lines.ts';
import type { Message } from '../jsonrpc/message.ts';
import type { Head, ResponseWriter } from './response-writer.ts';

/** A server's answer whose body is read once, piece by piece. */
export type UpstreamResponse = Omit<EndpointAnswer, 'body'> & { readonly body: AsyncIterable<Buffer> };

export interface Peeked {
  /** What was read so far. */
  readonly bytes: Buffer;
  /** Whether that is all. */
  readonly isWhole: boolean;
  /** The same answer, from its first byte on. */
  readonly answer: UpstreamResponse;
}

/** Reads an answer's body to its end, or until it is longer than `maxBytes`; then the rest waits. */
export const readUpTo = async (answer: UpstreamResponse, maxBytes: number): Promise<Peeked> => {
  const pieces: Buffer[] = [];
  let length = 0;
  const reading = answer.body[Symbol.asyncIterator]();
  let isWhole = false;
  while (length <= maxBytes) {
    const next = await reading.next();
    isWhole = next.done === true;
    if (next.done === true) break;
    pieces.push(next.value);
    length += next.value.length;
  }
  const bytes = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces, length);
  return { bytes, isWhole, answer: { ...answer, body: replay(bytes, isWhole ? undefined : reading) } };
};

async function* replay(bytes: Buffer, rest: AsyncIterator<Buffer> | undefined): AsyncGenerator<Buffer> {
  if (bytes.length > 0) yield bytes;
  if (rest === undefined) return;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

const typeOf = ({ headers }: UpstreamResponse): string => headers['content-type']?.toLowerCase() ?? '';
const isPlain = ({ headers }: UpstreamResponse): boolean => (headers['content-encoding'] ?? 'identity') === 'identity';

/** Whether an answer is a stream of events that can be read. */
export const isEvents = (answer: UpstreamResponse): boolean =>
  typeOf(answer).startsWith('text/event-stream') && isPlain(answer);

/** Whether an answer is a JSON text that can be read. */
export const isJson = (answer: UpstreamResponse): boolean =>
  /^application\/(?:[\w.-]+\+)?json\b/.test(typeOf(answer)) && isPlain(answer);

/** The head of a server's answer, as a client gets it. */
export const headOf = (answer: UpstreamResponse): Head => ({
  status: answer.status,
  statusText: answer.statusText,
  headers: responseHeaders(answer),
});

/** Passes on a body as it comes, as fast as the client takes it. Where it breaks off, so does the client's. */
export const passBody = async (answer: UpstreamResponse, writer: ResponseWriter): Promise<void> => {
  try {
    for await (const piece of answer.body) {
      writer.write(piece);
      await writer.whenWritable();
    }
    writer.end();
  } catch {
    writer.destroy();
  }
};

export interface EventFlow {
  /** One block of the stream, whole. */
  readonly event: (event: ServerEvent) => void;
  /** A piece of a block that is too long to be held. */
  readonly overflow: (piece: Buffer, isLast: boolean) => void;
}

/**
 * Reads a stream of events to its end, as fast as the client takes what comes of it.
 *
 * @returns what came after the last whole block.
 * @throws Error node's own where the stream breaks off.
 */
export const readEvents = async (
  answer: UpstreamResponse,
  maxBytes: number,
  flow: EventFlow,
  whenWritable: () => Promise<void>,
): Promise<Buffer> => {
  const reader = new EventReader(maxBytes, flow);
  for await (const piece of answer.body) {
    reader.push(piece);
    await whenWritable();
  }
  return reader.end();
};

/** Passes on an answer as it is. */
export const passResponse = async (answer: UpstreamResponse, writer: ResponseWriter): Promise<void> => {
  writer.begin(headOf(answer));
  await passBody(answer, writer);
};

/** The form that an answer came in. */
export interface ResponseForm {
  readonly head: Head;
  /** The event that held it; undefined if it was a body of its own. */
  readonly event: ServerEvent | undefined;
}

/** The forms of the answers that a call has had. */
export type ResponseForms = WeakMap<Message, ResponseForm>;

/** What an event has beside its data. */
export const eventFields = ({ id, event }: ServerEvent): { id?: string | undefined; event?: string | undefined } => ({
  id,
  event,
});

/** A message as the data of an event. */
export const eventData = (bytes: Buffer): string => withoutLineEnd(bytes).toString();
