import { batchMessages } from '../../jsonrpc/batch.ts';
import { asLine } from '../../jsonrpc/lines.ts';
import { type Message, readMessage } from '../../jsonrpc/message.ts';

/** The body of a POST, which is valid JSON. */
export interface PostBody {
  /** One line, as a server on stdio reads it. */
  readonly bytes: Buffer;
  /** The message in the bytes, or the messages of a batch. */
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
