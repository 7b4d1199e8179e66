import { batchMessages } from '../../jsonrpc/batch.ts';
import { asLine } from '../../jsonrpc/lines.ts';
import { type Message, readMessage } from '../../jsonrpc/message.ts';

/** What came with a POST, once it is known to be JSON. */
export interface PostBody {
  /** One line, as it goes to a server on stdio. */
  readonly bytes: Buffer;
  /** What the bytes hold: one message, or those of a batch. */
  readonly messages: readonly Message[];
  readonly isBatch: boolean;
  readonly value: unknown;
}

/** Reads a body; undefined if it is not JSON. A message on stdio must not contain line ends, so each becomes a space. */
export const readPostBody = (body: Buffer): PostBody | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    return undefined;
  }
  const isBatch = Array.isArray(value);
  const bytes = asLine(body);
  return { bytes, messages: isBatch ? batchMessages(bytes) : [readMessage(bytes)], isBatch, value };
};
