import { createParser } from 'eventsource-parser';

/** One event of a `text/event-stream`. */
export interface StreamEvent {
  readonly event: string;
  readonly data: string;
  /** The last event id. */
  readonly id: string | null;
}

/** Maximum length of an event in characters. */
const longest = 4_000_000;

/**
 * Creates a reader of a `text/event-stream`. It takes chunks of any size and calls `emit` for each complete event.
 * Throws if an event is too large.
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
