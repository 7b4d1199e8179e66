import { type Message, readMessage } from './message.ts';
import { elementsAt, skipWhitespace } from './raw-json.ts';

/** The messages of a batch; none where it is no whole array. */
export const partsOf = (bytes: Buffer): Message[] =>
  (elementsAt(bytes, skipWhitespace(bytes, 0)) ?? []).map(({ start, end }) => readMessage(bytes.subarray(start, end)));
