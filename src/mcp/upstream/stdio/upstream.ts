import type { OversizeLine } from '../../jsonrpc/lines.ts';
import { rejectOversize } from '../../jsonrpc/oversize.ts';
import type { ProxyOptions } from '../../modes/options.ts';
import type { ExitStatus } from '../../relay/exit-status.ts';
import type { Relay } from '../../relay/relay.ts';
import { type ChildServer, startChildServer } from './child-server.ts';
import { HangDetector } from './hang-detector.ts';
import { RestartBudget } from './restart-budget.ts';
import { ServerProcess } from './server-process.ts';
import { ServerSupervisor } from './supervisor.ts';

/** The way from a relay to its server, whatever the server speaks. All bytes are whole messages. */
export interface Upstream {
  /** Rejects where there is no server to be had. */
  open(): Promise<void>;
  /** @param key The key of the answer that is expected; empty where there is none. */
  send(bytes: Buffer, key: string): void;
  /** Takes a message back that is not on its way yet; false if it is too late. */
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
  close(patienceMs?: number): Promise<ExitStatus>;
  /** Ends the way for good and at once. */
  kill(): void;
  /** Resolves when the server has ended and none will follow. */
  readonly closed: Promise<ExitStatus>;
}

/** What a server side needs of the session that it belongs to. */
export interface UpstreamHost {
  /** The session's relay; it is there before the side is opened. */
  readonly relay: () => Relay;
  /** There is room again for what the client says. */
  readonly onDrain: () => void;
  /** Says something to the person who runs the proxy. */
  readonly log: (text: string) => void;
}

/** Makes the side of one session. */
export type CreateUpstream = (ports: UpstreamHost) => Upstream;

const watchHangs = (
  hangMs: number,
  link: ServerSupervisor<ServerProcess>,
  { relay, clock }: Pick<UpstreamHost, 'relay'> & Pick<ProxyOptions, 'clock'>,
): HangDetector =>
  new HangDetector({
    clock,
    hangMs,
    messagesReceived: () => relay().messagesReceived,
    listens: () => link.isRunning && link.upstream?.isPaused === false && relay().answered,
    waits: () => relay().waits,
    ask: () => relay().checkLiveness(),
    hung: (silentMs) => {
      void link.replaceHung(`has done nothing for ${silentMs / 1_000} s, and answers no ping (proxy.hangMs)`);
    },
  });

/**
 * A server that is a command, and that is started anew where it dies.
 *
 * @param started The first one, where it has been started already.
 */
export const stdioUpstream = (
  command: readonly string[],
  { env, stderr, clock, limits }: Pick<ProxyOptions, 'env' | 'stderr' | 'clock' | 'limits'>,
  { relay, onDrain, log }: UpstreamHost,
  started?: Promise<ChildServer>,
): Upstream => {
  const { maxLineBytes } = limits;
  const drained = (): void => {
    if (!link.full) onDrain();
  };
  const refuse = (line: OversizeLine): void => {
    const substitute = rejectOversize(line, 'server', maxLineBytes, log);
    if (substitute?.to === 'sender') link.send(substitute.bytes, '');
    if (substitute?.to === 'receiver') relay().fromUpstream(substitute.bytes);
  };
  let first = started;
  const start = async (variables: Readonly<Record<string, string>>): Promise<ServerProcess> => {
    const child =
      first ?? startChildServer({ command, env: { ...env, ...variables }, stderr, graceMs: limits.graceMs });
    first = undefined;
    return new ServerProcess(await child, {
      clock,
      maxLineBytes,
      graceMs: limits.graceMs,
      events: { line: (bytes) => relay().fromUpstream(bytes), oversize: refuse },
      onDrain: drained,
    });
  };
  const link = new ServerSupervisor<ServerProcess>({
    start,
    introduce: (tell) => relay().replayHandshake(tell),
    onLost: (loss) => relay().upstreamLost(loss),
    onEnd: () => relay().end(),
    onDrain: drained,
    mayRestart: () => relay().answered,
    served: () => relay().requestsAnswered,
    log,
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
