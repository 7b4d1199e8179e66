import { createRequire } from 'node:module';
import type { InspectionEvent } from 'xstate';
import { HealError } from '../../errors.ts';
import type { Clock } from '../../model/clock.ts';
import type { Redact } from '../../model/diagnosis.ts';
import { type Socket, ViewerSocket } from './socket.ts';
import { watchRuns } from './watch.ts';

/** Where `createInspectorServer` of `@statelyai/inspect/server` listens. */
export const defaultUrl = 'ws://localhost:8080';

export interface StatelyOptions {
  /** Where the viewer's server listens. @default 'ws://localhost:8080' */
  readonly url?: string | undefined;
  readonly redact: Redact;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

export interface Stately {
  readonly inspect: (event: InspectionEvent) => void;
  close(): void;
}

type SocketClass = new (url: string) => Socket;

/** The WebSocket client that comes with `@statelyai/inspect`: Node 20 has none of its own. */
const loadSocketClass = (): SocketClass => {
  const fromHere = createRequire(import.meta.url);
  const fromThere = createRequire(fromHere.resolve('@statelyai/inspect'));
  return fromThere('ws') as SocketClass;
};

/** So many events at most wait for the next turn of the event loop, where the library takes them up. */
const mostWaiting = 1_000;

const checkUrl = (url: string): void => {
  if (URL.canParse(url) && /^wss?:$/.test(new URL(url).protocol)) return;
  throw new HealError(
    'CONFIG_INVALID',
    `the Stately inspector is reached at ws:// or wss://, not at ${JSON.stringify(url)}`,
  );
};

/**
 * Sends runs to the inspector of Stately through `@statelyai/inspect`.
 *
 * Everything is masked before the library gets it: it masks only a part, writes errors as `{}`, and an exception in its
 * own masking is uncaught.
 *
 * @throws HealError `PEER_MISSING` where `@statelyai/inspect` is not installed, `CONFIG_INVALID` where the address is none.
 */
export const loadStately = async ({ url = defaultUrl, redact, clock, warn }: StatelyOptions): Promise<Stately> => {
  checkUrl(url);
  let library: typeof import('@statelyai/inspect');
  let WebSocket: SocketClass;
  try {
    library = await import('@statelyai/inspect');
    WebSocket = loadSocketClass();
  } catch (cause) {
    const message = '@statelyai/inspect is not installed (npm install @statelyai/inspect)';
    throw new HealError('PEER_MISSING', message, { cause });
  }
  const socket = new ViewerSocket({
    clock,
    connect: () => new WebSocket(url),
    onAbsent: () =>
      warn(`no Stately inspector listens at ${url}; createInspectorServer() of @statelyai/inspect/server starts one`),
  });
  let waiting = 0;
  const inspector = library.createInspector({
    start: () => socket.start(),
    stop: () => socket.close(),
    send: (event) => {
      waiting -= 1;
      socket.send(JSON.stringify(event));
    },
  });
  inspector.start();
  const inspect = watchRuns(redact, (event) => {
    if (waiting >= mostWaiting) return;
    waiting += 1;
    inspector.inspect.next?.(event);
  });
  return { inspect, close: () => inspector.stop() };
};
