import { withoutLineEnd } from '../../jsonrpc/lines.ts';
import type { EventStream } from './event-stream.ts';
import type { SseResponse } from './sse-response.ts';

/** The response to one POST. */
export interface PostReply {
  /** The stream for other messages; undefined if the client accepts none. */
  readonly stream: EventStream | undefined;
  /** @param rawId The raw id of the request. */
  respond(bytes: Buffer, rawId: string): void;
  /** No more responses will come. */
  finish(): void;
}

/** Responds with an event stream. */
export const streamReply = (stream: EventStream): PostReply => ({
  stream,
  respond: (bytes, rawId) => stream.push(bytes, rawId),
  finish: () => stream.finish(),
});

/** Responds with one JSON document: the response, or a batch of responses. */
export const jsonReply = (sse: SseResponse, isBatch: boolean, headers: Readonly<Record<string, string>>): PostReply => {
  const responses: Buffer[] = [];
  return {
    stream: undefined,
    respond: (bytes) => void responses.push(withoutLineEnd(bytes)),
    finish: () => {
      // A cancelled request has no response.
      if (responses.length === 0) sse.send(202, headers);
      else sse.send(200, { ...headers, 'content-type': 'application/json' }, bodyOf(responses, isBatch));
    },
  };
};

const bodyOf = (responses: readonly Buffer[], isBatch: boolean): Buffer => {
  const [first] = responses;
  const isArray = first?.[0] === 0x5b;
  if (first !== undefined && responses.length === 1 && (!isBatch || isArray)) return first;
  const parts = responses.flatMap((response, at) => (at === 0 ? [response] : [Buffer.from(','), response]));
  return Buffer.concat([Buffer.from('['), ...parts, Buffer.from(']')]);
};
