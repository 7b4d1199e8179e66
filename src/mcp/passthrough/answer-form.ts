import type { ServerEvent } from '../../http/events.ts';
import { withoutLineEnd } from '../jsonrpc/lines.ts';
import type { Message } from '../jsonrpc/message.ts';
import type { Head } from './response-writer.ts';

/** The form that an answer came in. */
export interface ResponseForm {
  readonly head: Head;
  /** The event that held it; undefined if it was a body of its own. */
  readonly event: ServerEvent | undefined;
}

/** The forms of the answers that a call has had. */
export type ResponseForms = WeakMap<Message, ResponseForm>;

/** What an event has beside its data. */
export const partsOf = ({ id, event }: ServerEvent): { id?: string | undefined; event?: string | undefined } => ({
  id,
  event,
});

/** A message as the data of an event. */
export const textOf = (bytes: Buffer): string => withoutLineEnd(bytes).toString();
