import type { ServerResponse } from 'node:http';
import type { Clock } from '../model/clock.ts';
import type { Hub, ViewerEvent } from './hub.ts';

const heartbeatMs = 15_000;
/** A viewer that does not read so many bytes is cut off; it comes again and asks anew. */
const mostUnreadBytes = 4 * 1024 * 1024;

/** Sends what happens to one viewer as `text/event-stream` until it goes. */
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
    /** Whether it is told of the runs of this process alone. */
    readonly localOnly: boolean;
    /** What it is told first. */
    readonly hello: unknown;
    readonly onEnd: () => void;
  },
): void => {
  let timer: unknown;
  const write = (text: string): void => {
    // What happened at once goes out at once, however much it is; the next time it must have been read.
    if (response.writableLength > mostUnreadBytes) response.destroy();
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
