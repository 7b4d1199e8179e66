import { withoutLineEnd } from '../../jsonrpc/lines.ts';
import type { EventStream } from './event-stream.ts';
import type { SseResponse } from './sse-response.ts';

/** What answers one POST. */
export interface PostReply {
  /** Where messages go that are no answers; undefined if there is no place for them. */
  readonly stream: EventStream | undefined;
  /** @param rawId The raw id of the request that is answered. */
  answer(bytes: Buffer, rawId: string): void;
  /** All is answered that will be. */
  finish(): void;
}

/** Answers with a stream of events. */
export const streamReply = (stream: EventStream): PostReply => ({
  stream,
  answer: (bytes, rawId) => stream.push(bytes, rawId),
  finish: () => stream.finish(),
});

/** Answers with one JSON document: the answer, or a batch of them. */
export const jsonReply = (
  outflow: SseResponse,
  isBatch: boolean,
  headers: Readonly<Record<string, string>>,
): PostReply => {
  const answers: Buffer[] = [];
  return {
    stream: undefined,
    answer: (bytes) => void answers.push(withoutLineEnd(bytes)),
    finish: () => {
      // What was cancelled has no answer.
      if (answers.length === 0) outflow.answer(202, headers);
      else outflow.answer(200, { ...headers, 'content-type': 'application/json' }, bodyOf(answers, isBatch));
    },
  };
};

const bodyOf = (answers: readonly Buffer[], isBatch: boolean): Buffer => {
  const [first] = answers;
  const isArray = first?.[0] === 0x5b;
  if (first !== undefined && answers.length === 1 && (!isBatch || isArray)) return first;
  const parts = answers.flatMap((answer, at) => (at === 0 ? [answer] : [Buffer.from(','), answer]));
  return Buffer.concat([Buffer.from('['), ...parts, Buffer.from(']')]);
};
