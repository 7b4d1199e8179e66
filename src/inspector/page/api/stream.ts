import { defer, jittered, pause } from '../time.ts';
import { createEventReader, type StreamEvent } from './events.ts';
import { ApiError, request } from './request.ts';

/** The first and the longest delay before a reconnect, in ms. */
const waits = { first: 500, longest: 10_000 };

/** Timeout without any data, not even a heartbeat, in ms. */
const silence = 60_000;

export type StreamStatus = 'connecting' | 'live' | 'lost' | 'refused';

interface Watcher {
  event(event: StreamEvent): void;
  status(status: StreamStatus): void;
}

/** Reads the stream until it ends. */
const readOnce = async (token: string, lastId: string | null, watcher: Watcher, signal: AbortSignal): Promise<void> => {
  const given = new AbortController();
  const giveUp = (): void => given.abort();
  signal.addEventListener('abort', giveUp);
  let callOff = defer(silence, giveUp);
  try {
    const response = await request('/api/stream', token, {
      signal: given.signal,
      headers: { accept: 'text/event-stream', ...(lastId !== null && { 'last-event-id': lastId }) },
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (!reader) return;
    watcher.status('live');
    const read = createEventReader(watcher.event);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      callOff();
      callOff = defer(silence, giveUp);
      read(value);
    }
  } finally {
    callOff();
    signal.removeEventListener('abort', giveUp);
    given.abort();
  }
};

/** Receives the server's events until `signal` aborts. Reconnects with back-off, unless the token is rejected. */
export const followStream = async (token: string, watcher: Watcher, signal: AbortSignal): Promise<void> => {
  let wait = waits.first;
  let lastId: string | null = null;
  const own: Watcher = {
    event: (event) => {
      lastId = event.id;
      watcher.event(event);
    },
    status: (status) => {
      wait = waits.first;
      watcher.status(status);
    },
  };
  watcher.status('connecting');
  while (!signal.aborted) {
    try {
      await readOnce(token, lastId, own, signal);
    } catch (error) {
      if (!signal.aborted && error instanceof ApiError && error.kind === 'token') return watcher.status('refused');
    }
    if (signal.aborted) return;
    watcher.status('lost');
    await pause(jittered(wait), signal);
    wait = Math.min(wait * 2, waits.longest);
  }
};
