import type { Message } from '../../jsonrpc/message.ts';
import type { ServerConnection } from './server-connection.ts';
import type { Pausable } from './sse-response.ts';

/** The way from a session to its server. */
export interface ServerChannel extends Pausable {
  /** @param messages What the bytes hold: one message, or those of a batch. */
  send(bytes: Buffer, messages: readonly Message[]): void;
  /** Resolves when the server takes more. */
  room(): Promise<void>;
  /** The session is over. */
  end(): Promise<void>;
}

/** What a line tells its session. */
export interface ChannelListener {
  fromServer(bytes: Buffer): void;
  /** The server is gone for good. */
  lost(reason: string): void;
}

export const serverEnded = 'the MCP server has ended';

/** A line to a server that serves this session alone, and ends with it. */
export const dedicatedChannel = (conversation: ServerConnection, session: ChannelListener): ServerChannel => {
  conversation.listen((bytes) => session.fromServer(bytes));
  void conversation.closed.then(() => session.lost(serverEnded));
  return {
    send: (bytes) => conversation.fromClient(bytes),
    room: () => conversation.room(),
    pause: (holder) => conversation.pause(holder),
    resume: (holder) => conversation.resume(holder),
    end: () => conversation.close(),
  };
};
