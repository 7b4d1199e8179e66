import type { Writable } from 'node:stream';
import type { OversizeLine } from '../../jsonrpc/lines.ts';
import { readMessage } from '../../jsonrpc/message.ts';
import { elementsAt, memberAt, parseSpan, skipWhitespace } from '../../jsonrpc/raw-json.ts';

/** Where lines go that a server writes to its stdout and that are no messages. */
export type StdoutNoise = 'pass' | 'stderr';

/** Maximum length of a line that is written to stderr, in bytes. */
const maxBytes = 65_536;

const isMessageAt = (bytes: Buffer, start: number): boolean =>
  bytes[start] === 0x7b && parseSpan(bytes, memberAt(bytes, start, 'jsonrpc')) === '2.0';

/**
 * Whether a line is a JSON-RPC message or a batch of them. A log entry in JSON may have a `method` too, so only the version
 * counts; a response without it is one all the same.
 */
export const isJsonRpcLine = (bytes: Buffer): boolean => {
  const { kind } = readMessage(bytes);
  if (kind === 'response') return true;
  const start = skipWhitespace(bytes, 0);
  // An error for no request has `id: null`, which `readMessage` takes for no message.
  if (kind !== 'batch') return isMessageAt(bytes, start) && (kind !== 'other' || isWhole(bytes));
  const elements = elementsAt(bytes, start);
  return elements !== undefined && elements.length > 0 && elements.every((span) => isMessageAt(bytes, span.start));
};

const isWhole = (bytes: Buffer): boolean => {
  try {
    JSON.parse(bytes.toString());
    return true;
  } catch {
    return false;
  }
};

/** Writes what a server logs to its stdout to stderr, so that the client gets messages only. */
export class StdoutFilter {
  readonly #stderr: Writable;
  readonly #log: (text: string) => void;
  #hasReported = false;

  constructor(stderr: Writable, log: (text: string) => void) {
    this.#stderr = stderr;
    this.#log = log;
  }

  /** Whether the line is a message; if not, it is written to stderr. */
  passes(line: Buffer): boolean {
    if (isJsonRpcLine(line)) return true;
    this.#write(line, line.length);
    if (!this.#hasReported && line.includes('"jsonrpc"')) {
      this.#hasReported = true;
      this.#log(
        'the MCP server wrote a message together with other text on one line of its stdout; they cannot be separated, so the message is lost',
      );
    }
    return false;
  }

  /** The same for a line that is longer than the limit, of which the beginning decides. */
  passesOversize({ head, length }: OversizeLine): boolean {
    const first = head[skipWhitespace(head, 0)];
    if (first === 0x7b || first === 0x5b) return true;
    this.#write(head, length);
    return false;
  }

  #write(bytes: Buffer, length: number): void {
    const shown = bytes.subarray(0, maxBytes);
    const isCut = length > shown.length;
    const end = isCut ? `... (${length} bytes)\n` : shown[shown.length - 1] === 0x0a ? '' : '\n';
    this.#stderr.write(Buffer.concat([shown, Buffer.from(end)]));
  }
}
