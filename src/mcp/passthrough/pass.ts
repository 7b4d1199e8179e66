import type { ServerEvent } from '../../http/events.ts';
import { EventReader } from '../../http/events.ts';
import { responseHeaders } from '../../http/headers.ts';
import type { Answer } from './response.ts';
import type { Head, ResponseWriter } from './response-writer.ts';

/** The head of a server's answer, as a client gets it. */
export const headOf = (answer: Answer): Head => ({
  status: answer.status,
  statusText: answer.statusText,
  headers: responseHeaders(answer),
});

/** Passes on a body as it comes, as fast as the client takes it. Where it breaks off, so does the client's. */
export const passBody = async (answer: Answer, reply: ResponseWriter): Promise<void> => {
  try {
    for await (const piece of answer.body) {
      reply.write(piece);
      await reply.room();
    }
    reply.end();
  } catch {
    reply.destroy();
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
  answer: Answer,
  maxBytes: number,
  flow: EventFlow,
  room: () => Promise<void>,
): Promise<Buffer> => {
  const reader = new EventReader(maxBytes, flow);
  for await (const piece of answer.body) {
    reader.push(piece);
    await room();
  }
  return reader.end();
};

/** Passes on an answer as it is. */
export const passAnswer = async (answer: Answer, reply: ResponseWriter): Promise<void> => {
  reply.begin(headOf(answer));
  await passBody(answer, reply);
};
