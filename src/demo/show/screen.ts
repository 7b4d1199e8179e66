import type { Writable } from 'node:stream';
import { plainText } from '../../text/sanitize.ts';

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;
export type Colour = keyof typeof codes;

/** The output of the demo. */
export interface Screen {
  /** Whether it is a terminal. */
  readonly live: boolean;
  /** Characters per line. */
  readonly width: number;
  write(text: string): void;
  line(text?: string): void;
  /** Colours a text if colours are enabled. */
  paint(colour: Colour, text: string): string;
  /** Sanitises untrusted text to one line; on a terminal it is cut to the remaining width. */
  fit(text: string, used: number): string;
  /** The same, but on a terminal it is broken into as many lines as it needs. */
  wrap(text: string, used: number): readonly string[];
}

const maxWidth = 80;

const cleanLine = (text: string): string => plainText(text).replace(/\s+/g, ' ').trim();

/** Breaks a line between words, and words that are longer than a line. */
const wrapLine = (line: string, room: number): string[] => {
  const words = line.split(' ').flatMap((word) => word.match(new RegExp(`.{1,${room}}`, 'gsu')) ?? []);
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
};

/** Creates a screen for a stream: colours and lines of 80 characters on a terminal, plain lines otherwise. */
export const createScreen = (
  output: Writable & { readonly isTTY?: boolean; readonly columns?: number },
  env: NodeJS.ProcessEnv,
): Screen => {
  const live = output.isTTY === true && env.TERM !== 'dumb';
  const colours = live && !env.NO_COLOR;
  const width = Math.max(40, Math.min(output.columns || maxWidth, maxWidth));
  const write = (text: string): void => {
    output.write(text);
  };
  return {
    live,
    width,
    write,
    line: (text = '') => write(`${text}\n`),
    paint: (colour, text) => {
      const [on, off] = codes[colour];
      return colours ? `\x1b[${on}m${text}\x1b[${off}m` : text;
    },
    fit: (text, used) => {
      const line = cleanLine(text);
      return live && line.length > width - used ? `${line.slice(0, width - used - 1)}…` : line;
    },
    wrap: (text, used) => (live ? wrapLine(cleanLine(text), width - used) : [cleanLine(text)]),
  };
};
