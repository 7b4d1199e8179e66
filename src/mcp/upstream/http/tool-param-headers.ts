import { isRecord } from '../../../text/is-record.ts';
import type { Message } from '../../jsonrpc/message.ts';
import { elementsAt, memberAt, parseSpan, type Span, splice } from '../../jsonrpc/raw-json.ts';
import { type ParamHeader, paramHeaderText, scanParamHeaders } from '../../protocol/param-headers.ts';
import { encodeHeaderValue } from '../../protocol/standard-headers.ts';

/** The headers that the tools of a server require in calls, as far as its lists have been read. */
export class ToolParamHeaders {
  readonly #marks = new Map<string, readonly ParamHeader[]>();
  readonly #log: (text: string) => void;
  readonly #noted = new Set<string>();

  constructor(log: (text: string) => void) {
    this.#log = log;
  }

  /**
   * Adds one page of the list of tools; the first page replaces the list. Returns the response for the client, without the
   * tools that cannot be called over HTTP: an HTTP client would have to leave them out itself.
   */
  addPage({ bytes, result }: Message, isFirstPage: boolean): Buffer {
    if (isFirstPage) this.#marks.clear();
    const tools = result && memberAt(bytes, result.start, 'tools');
    if (tools === undefined || !bytes.includes('x-mcp-header')) return bytes;
    const elements = elementsAt(bytes, tools.start) ?? [];
    const kept = elements.filter((element) => this.#take(parseSpan(bytes, element)));
    return kept.length === elements.length ? bytes : withElements(bytes, tools, kept);
  }

  /** The headers that repeat arguments of a call; none for other messages. */
  headersOf({ method, bytes, params }: Message): Record<string, string> {
    if (this.#marks.size === 0 || method !== 'tools/call' || params === undefined) return {};
    const marks = this.#marks.get(String(parseSpan(bytes, memberAt(bytes, params.start, 'name'))));
    if (marks === undefined) return {};
    const args = parseSpan(bytes, memberAt(bytes, params.start, 'arguments'));
    return Object.fromEntries(
      marks.flatMap((mark) => {
        const text = paramHeaderText(args, mark);
        return text === undefined ? [] : [[mark.header, encodeHeaderValue(text)]];
      }),
    );
  }

  /** Returns false if the tool cannot be called. */
  #take(tool: unknown): boolean {
    if (!isRecord(tool) || typeof tool.name !== 'string') return true;
    const { headers, fault } = scanParamHeaders(tool.inputSchema);
    if (fault === undefined) {
      if (headers.length > 0) this.#marks.set(tool.name, headers);
      return true;
    }
    if (!this.#noted.has(tool.name))
      this.#log(`the tool ${tool.name} is left out, it cannot be called over HTTP: ${fault}`);
    this.#noted.add(tool.name);
    return false;
  }
}

/** The bytes with only these elements in the array. */
const withElements = (bytes: Buffer, array: Span, elements: readonly Span[]): Buffer => {
  const pieces = elements.map(({ start, end }) => bytes.toString('utf8', start, end));
  return splice(bytes, [{ ...array, bytes: `[${pieces.join(',')}]` }]);
};
