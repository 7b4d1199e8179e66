import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { styleText } from 'node:util';
import { printable } from '../../text/sanitize.ts';

/** Where a person sits. */
export interface PersonTerminal {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
}

export const processTerminal = (): PersonTerminal => ({
  input: process.stdin,
  output: process.stderr,
  env: process.env,
});

/** Whether a person can be asked: input and output are a terminal. */
export const isTerminal = ({ input, output }: PersonTerminal): boolean => input.isTTY === true && output.isTTY === true;

/** Puts a text in red if the terminal shows colours. */
export const inRed = (text: string, { output, env }: PersonTerminal): string =>
  output.isTTY === true && (env.NO_COLOR ?? '') === '' ? styleText('red', text, { validateStream: false }) : text;

/** One thing that a person has to type as it is. */
export interface Typed {
  readonly question: string;
  readonly expected: string;
}

/**
 * Asks for several texts, one after the other; each has to be typed as it is.
 *
 * @returns why it was not confirmed; null if all of it was.
 */
export const confirmTyped = async (
  wanted: readonly Typed[],
  { input, output }: PersonTerminal,
): Promise<'cancelled' | 'different' | null> => {
  const lines = createInterface({ input, terminal: false });
  const typed = lines[Symbol.asyncIterator]();
  try {
    for (const { question, expected } of wanted) {
      output.write(`${printable(question)} `);
      const { value, done } = await typed.next();
      if (done === true) return 'cancelled';
      if (value.trim() !== expected.trim()) return 'different';
    }
    return null;
  } finally {
    lines.close();
  }
};
