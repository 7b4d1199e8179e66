import type { ExitStatus } from './exit-status.ts';
import type { UpstreamLoss } from './open-requests.ts';

/** What a liveness check has shown of a server that responded to it. */
export type Liveness =
  | 'responsive'
  /** It responded although earlier requests were still open: it can do two things at once. */
  | 'concurrent';

/** What an upstream calls on the relay that it serves; `Relay` implements it. */
export interface RelayPort {
  /** Whether any server has ever responded. */
  readonly hasResponse: boolean;
  /** When the first response came, on the monotonic clock; undefined before. */
  readonly firstResponseAt: number | undefined;
  /** The number of messages that servers have sent. */
  readonly messagesReceived: number;
  /** The number of the client's requests that have been responded to, each attempt of a call counted. */
  readonly requestsAnswered: number;
  /** Whether a response is due, apart from requests that stay open by nature. */
  readonly hasOpen: boolean;
  /** Whether nothing is open in either direction, and the client has no subscription: the server would not be missed. */
  readonly isQuiet: boolean;
  fromUpstream(bytes: Buffer): void;
  /** Takes a line that is no message and does not go to the client. */
  printedByUpstream(line: Buffer): void;
  /** Settles the requests that a lost server leaves open. */
  upstreamLost(loss: UpstreamLoss): void;
  /** Settles one request that got no response. */
  failed(key: string, error: Error): void;
  /** Whether requests that the server certainly has not handled may be sent again, all or none; each counts as another call then. */
  mayResend(keys: readonly string[]): Promise<boolean>;
  /** The upstream has sent a long-lived request again, and the server may acknowledge it again. */
  resent(key: string): void;
  /** Resolves when the server has responded to all requests that are open now. */
  allAnswered(): Promise<void>;
  /** Repeats to a new server what the client told the one before it. */
  replayHandshake(send: (bytes: Buffer) => void): Promise<void>;
  checkLiveness(): Promise<Liveness>;
  /** The last server has ended, and none follows. */
  end(): void;
}

/** What differs in the next start of a server. */
export interface LaunchChanges {
  /** Additional variables of its environment. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Its arguments, in place of those after its program. */
  readonly args?: readonly string[] | undefined;
}

/** The server's side of a relay, whatever the transport. All bytes are complete messages. */
export interface Upstream {
  /** Sets the relay that it serves; called once, before `open`. */
  attach(relay: RelayPort): void;
  /** Rejects if there is no server. */
  open(): Promise<void>;
  /** @param key The key of the expected response; empty if there is none. */
  send(bytes: Buffer, key: string): void;
  /** Withdraws a message that has not been sent yet; false if it is too late. */
  withdraw(key: string): boolean;
  /** Whether the client should wait; `UpstreamHost.onDrain` reports when that is over. */
  readonly full: boolean;
  /** Stops reading from the server until `resume`. */
  pause(): void;
  resume(): void;
  /** Replaces a server that the proxy has started by one with these changes. */
  restart?(changes: LaunchChanges, signal: AbortSignal): Promise<void>;
  /** Replaces a server that the proxy has started if nothing is open there; resolves with whether it was replaced. */
  restartIfIdle?(signal: AbortSignal): Promise<boolean>;
  /** Sends this header with every later request, if the server is reached over HTTP. */
  setHeader?(name: string, value: string): void;
  /** Ends the server for good. @param patienceMs How long it may go on if it still has something to send. */
  close(patienceMs?: number): Promise<ExitStatus>;
  /** Ends the server for good and at once. */
  kill(): void;
  /** Resolves when the server has ended and none follows. */
  readonly closed: Promise<ExitStatus>;
}

/** What an upstream needs of its session. */
export interface UpstreamHost {
  /** The upstream takes messages again. */
  readonly onDrain: () => void;
  readonly log: (text: string) => void;
}

export type CreateUpstream = (host: UpstreamHost) => Upstream;
