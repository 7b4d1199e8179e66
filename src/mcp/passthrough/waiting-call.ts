import type { ServerEvent } from '../../http/events.ts';
import type { Message } from '../jsonrpc/message.ts';
import type { ResponseWriter } from './response-writer.ts';

/** A call that a client waits for, as its session sees it. */
export interface PendingCall {
  /** Whether nobody listens: the client has gone away, or has its answer, and may yet come back for it. */
  readonly isDetached: boolean;
  /** Looks at an answer to this call that came on another stream. Returns false if it passes as it is. */
  resumeOn(message: Message, event: ServerEvent, stream: ResponseWriter): boolean;
  /** Resolves when nothing more is to be expected of the healing. */
  settled(): Promise<void>;
  /** The client has taken the call back. Returns true if the server is told by this call itself. */
  cancel(notification: Message): boolean;
  /** Takes the client's answer to a question of healflow's own; false if it is none. */
  answered(message: Message): boolean;
  /** Ends healing: the client gets what the tool gave last. */
  giveUp(): void;
}
