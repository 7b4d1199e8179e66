import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createDiagnoser, type Diagnoser, outputOf } from '../diagnosis/index.ts';
import type { Redact } from '../model/diagnosis.ts';
import { type Channel, channels } from '../model/terms.ts';
import { createRedactor } from '../redact/index.ts';
import { printable } from '../text/sanitize.ts';
import { type Io, outputTo, processIo } from './io.ts';

interface Row {
  readonly id: unknown;
  readonly tool: string;
  readonly channel: Channel;
  readonly text: string;
}

const isChannel = (value: unknown): value is Channel => channels.some((channel) => channel === value);

/** Parses one line; returns an error message if the line is invalid. */
const readRow = (line: string): Row | string => {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    return 'not a JSON object';
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return 'not a JSON object';
  const { id = null, tool = 'tool', channel = 'result', text } = row as Record<string, unknown>;
  if (typeof text !== 'string') return '`text` must be a string';
  if (typeof tool !== 'string') return '`tool` must be a string';
  if (!isChannel(channel)) return `\`channel\` must be one of ${channels.join(', ')}`;
  return { id, tool, channel, text };
};

const diagnosisLine = ({ id, tool, channel, text }: Row, diagnoser: Diagnoser, redact: Redact): string => {
  const diagnosis = diagnoser.diagnose(outputOf(tool, channel, text));
  return JSON.stringify({
    id,
    failure: diagnosis.failure,
    // A caller's mistake is the one class that calls for nothing, as does a failure that no pattern matches.
    class: diagnosis.class === 'unrecognised' ? 'usage' : diagnosis.class,
    fix: diagnosis.fixes[0] ?? null,
    delivered: diagnosis.delivered,
    retry_after_ms: diagnosis.retryAfterMs,
    redacted: redact(text),
    pattern: diagnosis.pattern,
    recognised: diagnosis.class !== 'unrecognised',
  });
};

/**
 * Reads JSON Lines `{id, tool, channel, text}` and writes one diagnosis for each line as it arrives.
 *
 * @returns the exit code: 0, or 1 if a line was invalid; invalid lines are reported on stderr.
 */
export const classify = async (input: Readable = process.stdin, io: Io = processIo()): Promise<number> => {
  const redact = createRedactor({ env: io.env as NodeJS.ProcessEnv });
  const diagnoser = createDiagnoser({ redact });
  const output = outputTo(io.stdout);
  let number = 0;
  let code = 0;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    if (line.trim() === '') continue;
    const row = readRow(line);
    if (typeof row === 'string') {
      io.stderr.write(`healflow classify: line ${number}: ${printable(row)}\n`);
      code = 1;
    } else if (!(await output.write(`${diagnosisLine(row, diagnoser, redact)}\n`))) break;
  }
  await output.end();
  return code;
};
