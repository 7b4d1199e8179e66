import type { ServerResponse } from 'node:http';
import type { Clock } from '../model/clock.ts';
import type { Hub, ViewerEvent } from './hub.ts';

const heartbeatMs = 15_000;
/** Maximum number of unread bytes. A slower viewer is disconnected; it reconnects and reloads. */
const maxUnreadBytes = 4 * 1024 * 1024;

/** Sends events to one viewer as `text/event-stream` until it disconnects. */
export const streamTo = (
  response: ServerResponse,
  {
    hub,
    clock,
    localOnly,
    hello,
    onEnd,
  }: {
    readonly hub: Hub;
    readonly clock: Clock;
    /** Whether it only receives the runs of this process. */
    readonly localOnly: boolean;
    /** The data of the first event. */
    readonly hello: unknown;
    readonly onEnd: () => void;
  },
): void => {
  let timer: unknown;
  const write = (text: string): void => {
    // A single batch may have any size, but it must have been read before the next one.
    if (response.writableLength > maxUnreadBytes) response.destroy();
    else response.write(text);
  };
  const frame = ({ event, data }: { readonly event: string; readonly data: unknown }): string =>
    `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  const beat = (): void => {
    write(': still here\n\n');
    timer = clock.setTimeout(beat, heartbeatMs);
  };
  response.setHeader('content-type', 'text/event-stream');
  response.flushHeaders();
  write(frame({ event: 'hello', data: hello }));
  timer = clock.setTimeout(beat, heartbeatMs);
  const leave = hub.add({ localOnly, events: (events: readonly ViewerEvent[]) => write(events.map(frame).join('')) });
  response.once('close', () => {
    clock.clearTimeout(timer);
    leave();
    onEnd();
  });
};
