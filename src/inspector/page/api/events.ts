import { createParser } from 'eventsource-parser';

/** One event of a `text/event-stream`. */
export interface StreamEvent {
  readonly event: string;
  readonly data: string;
  /** The last id that the server has sent. */
  readonly id: string | null;
}

/** The longest event that is kept, in characters; a server that sends more is not ours. */
const longest = 4_000_000;

/**
 * Makes a reader of a `text/event-stream`: give it the text as it comes, in pieces of any size, and it calls `emit` with
 * each whole event. Throws if an event is too large.
 */
export const createEventReader = (emit: (event: StreamEvent) => void): ((piece: string) => void) => {
  let lastId: string | null = null;
  const { feed } = createParser({
    onEvent: ({ event = 'message', data, id }) => {
      lastId = id ?? lastId;
      emit({ event, data, id: lastId });
    },
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') throw new Error('The server sent an event that is too large.');
    },
    maxBufferSize: longest,
  });
  return feed;
};
