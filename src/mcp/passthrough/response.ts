import type { EndpointAnswer } from '../../http/client.ts';
import { EventReader, type ServerEvent } from '../../http/events.ts';
import { responseHeaders } from '../../http/headers.ts';
import { withoutLineEnd } from '../jsonrpc/lines.ts';
import type { Message } from '../jsonrpc/message.ts';
import type { Head, ResponseWriter } from './response-writer.ts';

/** A server's response whose body is read once, piece by piece. */
export type UpstreamResponse = Omit<EndpointAnswer, 'body'> & { readonly body: AsyncIterable<Buffer> };

export interface Peeked {
  /** What was read so far. */
  readonly bytes: Buffer;
  /** Whether that is all. */
  readonly isWhole: boolean;
  /** The same response, from its first byte on. */
  readonly response: UpstreamResponse;
}

/** Reads a response's body to its end, or until it is longer than `maxBytes`; then the rest waits. */
export const readUpTo = async (response: UpstreamResponse, maxBytes: number): Promise<Peeked> => {
  const pieces: Buffer[] = [];
  let length = 0;
  const reading = response.body[Symbol.asyncIterator]();
  let isWhole = false;
  while (length <= maxBytes) {
    const next = await reading.next();
    isWhole = next.done === true;
    if (next.done === true) break;
    pieces.push(next.value);
    length += next.value.length;
  }
  const bytes = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces, length);
  return { bytes, isWhole, response: { ...response, body: replay(bytes, isWhole ? undefined : reading) } };
};

async function* replay(bytes: Buffer, rest: AsyncIterator<Buffer> | undefined): AsyncGenerator<Buffer> {
  if (bytes.length > 0) yield bytes;
  if (rest === undefined) return;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

const typeOf = ({ headers }: UpstreamResponse): string => headers['content-type']?.toLowerCase() ?? '';
const isPlain = ({ headers }: UpstreamResponse): boolean => (headers['content-encoding'] ?? 'identity') === 'identity';

/** Whether a response is a stream of events that can be read. */
export const isEvents = (response: UpstreamResponse): boolean =>
  typeOf(response).startsWith('text/event-stream') && isPlain(response);

/** Whether a response is a JSON text that can be read. */
export const isJson = (response: UpstreamResponse): boolean =>
  /^application\/(?:[\w.-]+\+)?json\b/.test(typeOf(response)) && isPlain(response);

/** The head of a server's response, as a client gets it. */
export const headOf = (response: UpstreamResponse): Head => ({
  status: response.status,
  statusText: response.statusText,
  headers: responseHeaders(response),
});

/** Passes on a body as fast as the client accepts it. If it breaks off, so does the client's. */
export const passBody = async (response: UpstreamResponse, writer: ResponseWriter): Promise<void> => {
  try {
    for await (const piece of response.body) {
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
  /** A piece of a block that is too long to buffer. */
  readonly overflow: (piece: Buffer, isLast: boolean) => void;
}

/**
 * Reads a stream of events to its end, as fast as the client accepts data.
 *
 * @returns what came after the last whole block.
 * @throws Error node's own if the stream breaks off.
 */
export const readEvents = async (
  response: UpstreamResponse,
  maxBytes: number,
  flow: EventFlow,
  whenWritable: () => Promise<void>,
): Promise<Buffer> => {
  const reader = new EventReader(maxBytes, flow);
  for await (const piece of response.body) {
    reader.push(piece);
    await whenWritable();
  }
  return reader.end();
};

/** Passes on a response as it is. */
export const passResponse = async (response: UpstreamResponse, writer: ResponseWriter): Promise<void> => {
  writer.begin(headOf(response));
  await passBody(response, writer);
};

/** The form that a response came in. */
export interface ResponseForm {
  readonly head: Head;
  /** The event that contained it; undefined if it was the whole body. */
  readonly event: ServerEvent | undefined;
}

/** The forms of the responses to a call. */
export type ResponseForms = WeakMap<Message, ResponseForm>;

/** The fields of an event other than its data. */
export const eventFields = ({ id, event }: ServerEvent): { id?: string | undefined; event?: string | undefined } => ({
  id,
  event,
});

/** A message as the data of an event. */
export const eventData = (bytes: Buffer): string => withoutLineEnd(bytes).toString();
