import type { OversizeLine } from '../../jsonrpc/lines.ts';
import { rejectOversize } from '../../jsonrpc/oversize.ts';
import type { ProxyOptions } from '../../modes/options.ts';
import type { Ending } from '../../relay/exit-status.ts';
import type { Relay } from '../../relay/relay.ts';
import { type ServerChild, startChild } from './child-server.ts';
import { HangWatch } from './hang-detector.ts';
import { RestartBudget } from './restart-budget.ts';
import { UpstreamProcess } from './server-process.ts';
import { UpstreamLink } from './supervisor.ts';

/** The way from a relay to its server, whatever the server speaks. All bytes are whole messages. */
export interface ServerSide {
  /** Rejects where there is no server to be had. */
  open(): Promise<void>;
  /** @param key The key of the answer that is expected; empty where there is none. */
  send(bytes: Buffer, key: string): void;
  /** Takes a message back that is not on its way yet; false where it is too late. */
  withdraw(key: string): boolean;
  /** Whether the client should wait; `ServerPorts.onDrain` says when that is over. */
  readonly full: boolean;
  /** Lets the server wait with what it says. */
  pause(): void;
  resume(): void;
  /** Replaces a server that has an environment by one that has these variables too. */
  restart?(variables: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void>;
  /** Sends this header with every later request, where the server is reached over HTTP. */
  setHeader?(name: string, value: string): void;
  /** Ends the way for good. @param patienceMs How long a server may go on that still has something to say. */
  close(patienceMs?: number): Promise<Ending>;
  /** Ends the way for good and at once. */
  kill(): void;
  /** Resolves when the server has ended and none will follow. */
  readonly closed: Promise<Ending>;
}

/** What a server side needs of the session that it belongs to. */
export interface ServerPorts {
  /** The session's relay; it is there before the side is opened. */
  readonly relay: () => Relay;
  /** There is room again for what the client says. */
  readonly onDrain: () => void;
  /** Says something to the person who runs the proxy. */
  readonly note: (text: string) => void;
}

/** Makes the side of one session. */
export type MakeServerSide = (ports: ServerPorts) => ServerSide;

const watchHangs = (
  hangMs: number,
  link: UpstreamLink<UpstreamProcess>,
  { relay, clock }: Pick<ServerPorts, 'relay'> & Pick<ProxyOptions, 'clock'>,
): HangWatch =>
  new HangWatch({
    clock,
    hangMs,
    heard: () => relay().heard,
    listens: () => link.isRunning && link.upstream?.isPaused === false && relay().answered,
    waits: () => relay().waits,
    ask: () => relay().askForLife(),
    hung: (silentMs) => {
      void link.replaceHung(`has done nothing for ${silentMs / 1_000} s, and answers no ping (proxy.hangMs)`);
    },
  });

/**
 * A server that is a command, and that is started anew where it dies.
 *
 * @param started The first one, where it has been started already.
 */
export const commandSide = (
  command: readonly string[],
  { env, stderr, clock, limits }: Pick<ProxyOptions, 'env' | 'stderr' | 'clock' | 'limits'>,
  { relay, onDrain, note }: ServerPorts,
  started?: Promise<ServerChild>,
): ServerSide => {
  const { maxLineBytes } = limits;
  const drained = (): void => {
    if (!link.full) onDrain();
  };
  const refuse = (line: OversizeLine): void => {
    const substitute = rejectOversize(line, 'server', maxLineBytes, note);
    if (substitute?.to === 'sender') link.send(substitute.bytes, '');
    if (substitute?.to === 'receiver') relay().fromUpstream(substitute.bytes);
  };
  let first = started;
  const start = async (variables: Readonly<Record<string, string>>): Promise<UpstreamProcess> => {
    const child = first ?? startChild({ command, env: { ...env, ...variables }, stderr, graceMs: limits.graceMs });
    first = undefined;
    return new UpstreamProcess(await child, {
      clock,
      maxLineBytes,
      graceMs: limits.graceMs,
      events: { line: (bytes) => relay().fromUpstream(bytes), oversize: refuse },
      onDrain: drained,
    });
  };
  const link = new UpstreamLink<UpstreamProcess>({
    start,
    introduce: (tell) => relay().introduce(tell),
    onLost: (loss) => relay().upstreamLost(loss),
    onEnd: () => relay().end(),
    onDrain: drained,
    mayRestart: () => relay().answered,
    served: () => relay().served,
    note,
    clock,
    budget: new RestartBudget({ maxRestarts: limits.maxRestarts, windowMs: limits.restartWindowMs }),
    startTimeoutMs: limits.startTimeoutMs,
    allAnswered: () => relay().allAnswered(),
    drainMs: limits.drainMs,
  });
  const watch = limits.hangMs ? watchHangs(limits.hangMs, link, { relay, clock }) : undefined;
  void link.closed.then(() => watch?.end());
  return {
    open: () => link.open(),
    send: (bytes, key) => {
      link.send(bytes, key);
      watch?.sent();
    },
    withdraw: (key) => link.withdraw(key),
    get full() {
      return link.full;
    },
    pause: () => link.upstream?.pause(),
    resume: () => link.upstream?.resume(),
    restart: (variables, signal) => link.restart(variables, signal),
    close: (patienceMs) => link.close(patienceMs),
    kill: () => link.kill(),
    closed: link.closed,
  };
};
