import type { ServerEvent } from '../../http/events.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * A message that came in a body, as one line: where white space of it would end the line, a space takes its place. Inside of
 * texts JSON has no such white space, so nothing else changes.
 */
export const asLine = (bytes: Buffer): Buffer => {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === lineFeed || bytes[end - 1] === carriageReturn)) end -= 1;
  const line = Buffer.allocUnsafe(end + 1);
  bytes.copy(line, 0, 0, end);
  line[end] = lineFeed;
  for (const byte of [lineFeed, carriageReturn]) {
    for (let at = line.indexOf(byte); at !== -1 && at < end; at = line.indexOf(byte, at + 1)) line[at] = 0x20;
  }
  return line;
};

/** The message that an event carries, as one line; undefined where it carries none. */
export const lineOfEvent = ({ event, data, raw }: ServerEvent): Buffer | undefined => {
  if (data === undefined || data === '' || (event !== undefined && event !== 'message')) return undefined;
  return asLine(data.includes('\n') ? Buffer.from(data) : dataOf(raw));
};

/** The data of an event that has it in one line, byte for byte. */
const dataOf = (raw: Buffer): Buffer => {
  const at = [raw.indexOf('\ndata:'), raw.indexOf('\rdata:')].filter((place) => place !== -1);
  const start = (raw.indexOf('data:') === 0 ? 0 : Math.min(...at) + 1) + 'data:'.length;
  const ends = [raw.indexOf(lineFeed, start), raw.indexOf(carriageReturn, start)].filter((place) => place !== -1);
  return raw.subarray(raw[start] === 0x20 ? start + 1 : start, Math.min(...ends));
};
