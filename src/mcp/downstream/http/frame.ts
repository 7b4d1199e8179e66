import { formatEvent } from '../../../http/events.ts';
import { withoutLineEnd } from '../../jsonrpc/lines.ts';

const head = Buffer.from('event: message\ndata: ');
const end = Buffer.from('\n\n');
const carriageReturn = 0x0d;

/** The event that carries a message; its bytes are a copy. @param id Where the client may go on from; none where it may not. */
export const frameOf = (bytes: Buffer, id?: string): Buffer => {
  const data = withoutLineEnd(bytes);
  // White space of this kind would end a line of the event.
  if (data.includes(carriageReturn)) return Buffer.from(formatEvent({ event: 'message', id, data: data.toString() }));
  const start = id === undefined ? head : Buffer.from(`event: message\nid: ${id}\ndata: `);
  return Buffer.concat([start, data, end]);
};

/** How long a client should wait before it comes back for a stream that broke, in ms. */
const retryMs = 1_000;

/** An event without data that tells a client where it may go on from, and when. */
export const primingFrame = (id: string): Buffer => Buffer.from(`id: ${id}\nretry: ${retryMs}\ndata: \n\n`);
