import { withoutLineEnd } from '../../jsonrpc/lines.ts';
import type { EventStream } from './event-stream.ts';
import type { SseResponse } from './sse-response.ts';

/** What answers one POST. */
export interface PostReply {
  /** Where messages go that are no answers; undefined if there is no place for them. */
  readonly stream: EventStream | undefined;
  /** @param rawId The raw id of the request that is answered. */
  respond(bytes: Buffer, rawId: string): void;
  /** All is answered that will be. */
  finish(): void;
}

/** Answers with a stream of events. */
export const streamReply = (stream: EventStream): PostReply => ({
  stream,
  respond: (bytes, rawId) => stream.push(bytes, rawId),
  finish: () => stream.finish(),
});

/** Answers with one JSON document: the answer, or a batch of them. */
export const jsonReply = (sse: SseResponse, isBatch: boolean, headers: Readonly<Record<string, string>>): PostReply => {
  const responses: Buffer[] = [];
  return {
    stream: undefined,
    respond: (bytes) => void responses.push(withoutLineEnd(bytes)),
    finish: () => {
      // What was cancelled has no answer.
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
