import type { Message } from '../../jsonrpc/message.ts';
import type { Conversation } from './server-connection.ts';
import type { Holdable } from './sse-response.ts';

/** The way from a session to its server. */
export interface Line extends Holdable {
  /** @param messages What the bytes hold: one message, or those of a batch. */
  send(bytes: Buffer, messages: readonly Message[]): void;
  /** Resolves when the server takes more. */
  room(): Promise<void>;
  /** The session is over. */
  end(): Promise<void>;
}

/** What a line tells its session. */
export interface LineEnd {
  fromServer(bytes: Buffer): void;
  /** The server is gone for good. */
  lost(reason: string): void;
}

export const serverEnded = 'the MCP server has ended';

/** A line to a server that serves this session alone, and ends with it. */
export const ownLine = (conversation: Conversation, session: LineEnd): Line => {
  conversation.listen((bytes) => session.fromServer(bytes));
  void conversation.closed.then(() => session.lost(serverEnded));
  return {
    send: (bytes) => conversation.fromClient(bytes),
    room: () => conversation.room(),
    hold: (holder) => conversation.hold(holder),
    release: (holder) => conversation.release(holder),
    end: () => conversation.close(),
  };
};
