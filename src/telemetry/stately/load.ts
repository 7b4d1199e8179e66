import { createRequire } from 'node:module';
import type { InspectionEvent } from 'xstate';
import { HealError } from '../../errors.ts';
import type { Clock } from '../../model/clock.ts';
import type { Redact } from '../../model/diagnosis.ts';
import { type Socket, ViewerSocket } from './socket.ts';
import { watchRuns } from './watch.ts';

/** The default URL of `createInspectorServer` from `@statelyai/inspect/server`. */
export const defaultUrl = 'ws://localhost:8080';

export interface StatelyOptions {
  /** The URL of the viewer's server. @default 'ws://localhost:8080' */
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

/** The WebSocket client that `@statelyai/inspect` depends on; Node 20 has none. */
const loadSocketClass = (): SocketClass => {
  const fromHere = createRequire(import.meta.url);
  const fromThere = createRequire(fromHere.resolve('@statelyai/inspect'));
  return fromThere('ws') as SocketClass;
};

/** Maximum number of queued events; the library processes them in the next turn of the event loop. */
const maxQueued = 1_000;

const checkUrl = (url: string): void => {
  if (URL.canParse(url) && /^wss?:$/.test(new URL(url).protocol)) return;
  throw new HealError(
    'CONFIG_INVALID',
    `the URL of the Stately inspector must start with ws:// or wss://: ${JSON.stringify(url)}`,
  );
};

/**
 * Sends runs to Stately's inspector through `@statelyai/inspect`.
 *
 * All data is masked before it is passed to the library, which only masks a part of it, serialises errors as `{}` and
 * does not catch exceptions in its masking.
 *
 * @throws HealError `PEER_MISSING` if `@statelyai/inspect` is not installed, `CONFIG_INVALID` if the URL is invalid.
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
      warn(
        `no Stately inspector listens at ${url}; start one with createInspectorServer() of @statelyai/inspect/server`,
      ),
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
    if (waiting >= maxQueued) return;
    waiting += 1;
    inspector.inspect.next?.(event);
  });
  return { inspect, close: () => inspector.stop() };
};
