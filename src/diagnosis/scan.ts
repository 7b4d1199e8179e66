import { stripTerminalSequences } from '../text/sanitize.ts';

/** How much of a text is looked at: its beginning and its end. */
const headLimit = 6_000;
const tailLimit = 2_000;

/** The ends of a text that are looked at, without terminal sequences and with plain line ends. */
export const scanned = (text: string): string => {
  const ends =
    text.length <= headLimit + tailLimit ? text : `${text.slice(0, headLimit)}\n${text.slice(text.length - tailLimit)}`;
  const plain = stripTerminalSequences(ends);
  return plain.includes('\r') ? plain.replace(/\r\n?/g, '\n') : plain;
};
