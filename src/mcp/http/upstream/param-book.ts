import type { Message } from '../../relay/message.ts';
import { memberAt, parseSpan } from '../../relay/raw-json.ts';
import { isRecord } from '../../relay/shape.ts';
import { type ParamHeader, paramHeadersOf } from '../sessions/param-headers.ts';
import { encodedHeader } from './mirrored-headers.ts';

/** What the tools of a server ask of the headers of a call, as far as its lists have told. */
export class ParamBook {
  readonly #declared = new Map<string, readonly ParamHeader[]>();

  /** Takes in one page of the list of tools. The first one takes the place of all that was known. */
  learn(result: unknown, isFirstPage: boolean): void {
    if (!isRecord(result) || !Array.isArray(result.tools)) return;
    if (isFirstPage) this.#declared.clear();
    for (const tool of result.tools as unknown[]) {
      if (!isRecord(tool) || typeof tool.name !== 'string') continue;
      const declared = paramHeadersOf(tool.inputSchema);
      if (declared.length > 0) this.#declared.set(tool.name, declared);
    }
  }

  /** The headers that repeat arguments of a call; none for any other message. */
  headersOf({ method, bytes, params }: Message): Record<string, string> {
    if (this.#declared.size === 0 || method !== 'tools/call' || params === undefined) return {};
    const declared = this.#declared.get(String(parseSpan(bytes, memberAt(bytes, params.start, 'name'))));
    if (declared === undefined) return {};
    const args = parseSpan(bytes, memberAt(bytes, params.start, 'arguments'));
    return Object.fromEntries(
      declared.flatMap(({ path, header }) => {
        const text = textOf(path.reduce<unknown>((at, name) => (isRecord(at) ? at[name] : undefined), args));
        return text === undefined ? [] : [[header, encodedHeader(text)]];
      }),
    );
  }
}

/** An argument as the text of a header; undefined where it is given none. */
const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number' || (Number.isInteger(value) && !Number.isSafeInteger(value))) return undefined;
  return String(value);
};
