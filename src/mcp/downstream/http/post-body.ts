import { partsOf } from '../../jsonrpc/batch-elements.ts';
import { type Message, readMessage } from '../../jsonrpc/message.ts';
import { asLine } from './multiplexer.ts';

/** What came with a POST, once it is known to be JSON. */
export interface PostedBody {
  /** One line, as it goes to a server on stdio. */
  readonly bytes: Buffer;
  /** What the bytes hold: one message, or those of a batch. */
  readonly messages: readonly Message[];
  readonly isBatch: boolean;
  readonly value: unknown;
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;

/**
 * Reads a body. Undefined where it is no JSON. Line ends can only stand between the tokens of JSON, and a message on
 * stdio must not hold any: each becomes a space, and no other byte is touched.
 */
export const readPosted = (body: Buffer): PostedBody | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    return undefined;
  }
  for (const kind of [newline, carriageReturn]) {
    for (let at = body.indexOf(kind); at !== -1; at = body.indexOf(kind, at + 1)) body[at] = space;
  }
  const isBatch = Array.isArray(value);
  const bytes = asLine(body);
  return { bytes, messages: isBatch ? partsOf(bytes) : [readMessage(bytes)], isBatch, value };
};
