import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { isRecord } from '../text/is-record.ts';
import type { Sample } from './backtest.ts';

const maxText = 65_536;

/** The text of a line of JSON: a text by itself, or the member `text` of an object; null if it is none of them. */
const textIn = (line: string): string | null => {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'string') return value;
    return isRecord(value) && typeof value.text === 'string' ? value.text : null;
  } catch {
    return null;
  }
};

/**
 * Reads texts without a failure from a file, one on each line: as JSON, either the text or an object with it as `text`, or as it
 * is. Rejects if the file cannot be read.
 */
export async function* readSamples(file: string): AsyncGenerator<Sample> {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    number += 1;
    if (line.trim() !== '') yield { text: (textIn(line) ?? line).slice(0, maxText), source: `${file}:${number}` };
  }
}
