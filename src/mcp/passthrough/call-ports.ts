import type { Clock } from '../../model/clock.ts';
import type { RunOutcome } from '../../model/run.ts';
import type { HealerPort } from '../healing/healer-port.ts';
import type { IdGenerator } from '../jsonrpc/ids.ts';
import type { UpstreamResponse } from './response.ts';
import type { PassthroughSession } from './session.ts';

/** What a call needs of the proxy that it passes through. */
export interface CallPorts {
  readonly healer: HealerPort;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly session: PassthroughSession;
  /** The longest message that is held, in bytes. */
  readonly maxBytes: number;
  readonly progressEveryMs: number;
  readonly attemptTimeoutMs: number | undefined;
  readonly deadlineMs: number;
  /** Whether the call is one of the protocol without sessions, in which a connection that ends takes a request back. */
  readonly isStateless: boolean;
  /** Whether the client takes a stream of events for an answer. */
  readonly takesEvents: boolean;
  /** Whether questions can be put to the person behind the client. */
  readonly approves: boolean;
  /** Sends the call, or an attempt made from it, with the client's headers. */
  readonly send: (body: Buffer, signal: AbortSignal) => Promise<UpstreamResponse>;
  /** Sends a notification to the server, and does not wait. */
  readonly sendNotification: (body: Buffer) => void;
  /** Runs the healing as one of this session's. */
  readonly within: <T>(work: () => Promise<T>) => Promise<T>;
  readonly onHealed: (outcome: RunOutcome<unknown>) => void;
}
