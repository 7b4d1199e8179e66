import type { Clock } from '../../model/clock.ts';
import type { RunOutcome } from '../../model/run.ts';
import type { MayResend } from '../healing/call-healing.ts';
import type { HealerPort } from '../healing/healer-port.ts';
import type { IdGenerator } from '../jsonrpc/ids.ts';
import type { Message } from '../jsonrpc/message.ts';
import type { UpstreamResponse } from './response.ts';
import type { PassthroughSession } from './session.ts';

/** What a call needs from the proxy. */
export interface CallPorts {
  readonly healer: HealerPort;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly session: PassthroughSession;
  /** Maximum length of a message that is buffered, in bytes. */
  readonly maxBytes: number;
  readonly progressEveryMs: number;
  readonly attemptTimeoutMs: number | undefined;
  readonly deadlineMs: number;
  /** Whether the call uses the protocol without sessions, in which the end of the connection cancels the request. */
  readonly isStateless: boolean;
  /** Whether the client accepts an event stream as response. */
  readonly takesEvents: boolean;
  /** Whether the person using the client can be asked for approval. */
  readonly approves: boolean;
  /** Sends the call, or an attempt made from it, with the client's headers. */
  readonly send: (body: Buffer, signal: AbortSignal, mayResend: MayResend) => Promise<UpstreamResponse>;
  /** Whether the first message of the response's stream may refuse the call because of its session. */
  readonly mayRefuse: (response: UpstreamResponse, message: Message) => boolean;
  /** Sends the call of such a stream again if its session is lost; else resolves with undefined. */
  readonly sendAgain: (
    response: UpstreamResponse,
    refusal: Message,
    signal: AbortSignal,
    mayResend: MayResend,
  ) => Promise<UpstreamResponse | undefined>;
  /** Sends a notification to the server without waiting. */
  readonly sendNotification: (body: Buffer) => void;
  /** Runs the healing in this session. */
  readonly within: <T>(work: () => Promise<T>) => Promise<T>;
  readonly onHealed: (outcome: RunOutcome<unknown>) => void;
}
