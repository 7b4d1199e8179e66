import type { Span } from '../jsonrpc/raw-json.ts';

const begin = '{"content":[{"type":"text","text":"';
const ends = ['"}]}', '"}],"isError":false}'];
const quote = 0x22;

/**
 * The text of a result that is one piece of text and nothing else, written as most servers write it. Undefined for all
 * others, also for a text with escapes. Saves the whole parse of a healthy answer, which is most of what a look at it costs.
 * Control characters, which JSON allows in no text, are not looked for: such an answer passes as it came either way.
 */
export const singleTextOf = (bytes: Buffer, { start, end }: Span): string | undefined => {
  const first = start + begin.length;
  if (bytes.toString('latin1', start, Math.min(first, end)) !== begin) return undefined;
  const last = bytes.indexOf(quote, first);
  if (last === -1 || last >= end || !ends.includes(bytes.toString('latin1', last, end))) return undefined;
  const text = bytes.toString('utf8', first, last);
  return text.includes('\\') ? undefined : text;
};
