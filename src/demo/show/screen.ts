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
}

const maxWidth = 80;

/** Creates a screen for a stream: colours and lines of 80 characters on a terminal, plain lines otherwise. */
export const createScreen = (
  output: Writable & { readonly isTTY?: boolean; readonly columns?: number },
  env: NodeJS.ProcessEnv,
): Screen => {
  const live = output.isTTY === true && env.TERM !== 'dumb';
  const colours = live && !env.NO_COLOR;
  const width = Math.max(40, Math.min(output.columns ?? maxWidth, maxWidth));
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
      const line = plainText(text).replace(/\s+/g, ' ').trim();
      return live && line.length > width - used ? `${line.slice(0, width - used - 1)}…` : line;
    },
  };
};
