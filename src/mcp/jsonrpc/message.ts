import { eachMember, elementsAt, type Span, skipWhitespace } from './raw-json.ts';

/**
 * The kind of a message and the places of its parts. `other` is everything else: noise, JSON that is not a message,
 * duplicate members, `id: null`. It is passed on unread.
 */
export interface Message {
  readonly kind: 'request' | 'notification' | 'response' | 'batch' | 'other';
  /** The message as it arrived, with white space and line end. */
  readonly bytes: Buffer;
  readonly id: Span | undefined;
  /** Equal for equal ids, however they are written; empty if there is no id. */
  readonly key: string;
  readonly method: string;
  readonly params: Span | undefined;
  readonly result: Span | undefined;
  readonly error: Span | undefined;
}

const plainNumber = /^-?[1-9]\d{0,14}$|^0$/;

/**
 * The key of an id or a progress token: its own text, so it is exact beyond 2^53, but with strings unescaped and numbers
 * such as 1.0 normalised. Empty for values that cannot be an id.
 */
export const keyOf = (raw: string): string => {
  if (plainNumber.test(raw)) return raw;
  if (raw.startsWith('"')) return raw.includes('\\') ? normalized(raw) : raw;
  return /^-?\d/.test(raw) ? normalized(raw) : '';
};

const normalized = (raw: string): string => {
  try {
    const value: unknown = JSON.parse(raw);
    if (typeof value === 'number' && !Number.isSafeInteger(value)) return raw;
    return JSON.stringify(value);
  } catch {
    return '';
  }
};

/** The text of a span, unchanged. */
export const rawText = (bytes: Buffer, span: Span): string => bytes.toString('utf8', span.start, span.end);

/** The id of a message as it is written in JSON; `null` if it has none. */
export const rawIdOf = ({ bytes, id }: Pick<Message, 'bytes' | 'id'>): string =>
  id === undefined ? 'null' : rawText(bytes, id);

const messageOf = (kind: Message['kind'], bytes: Buffer): Message => ({
  kind,
  bytes,
  id: undefined,
  key: '',
  method: '',
  params: undefined,
  result: undefined,
  error: undefined,
});

/** Finds the parts of a message. Costs one pass over its bytes and parses nothing. */
export const readMessage = (bytes: Buffer): Message => {
  const start = skipWhitespace(bytes, 0);
  if (bytes[start] === 0x5b) return messageOf('batch', bytes);
  let id: Span | undefined;
  let method: Span | undefined;
  let params: Span | undefined;
  let result: Span | undefined;
  let error: Span | undefined;
  let doubled = false;
  const end = eachMember(bytes, start, (key, value) => {
    switch (key) {
      case 'id':
        doubled ||= id !== undefined;
        id = value;
        break;
      case 'method':
        doubled ||= method !== undefined;
        method = value;
        break;
      case 'params':
        doubled ||= params !== undefined;
        params = value;
        break;
      case 'result':
        doubled ||= result !== undefined;
        result = value;
        break;
      case 'error':
        doubled ||= error !== undefined;
        error = value;
        break;
      default:
    }
  });
  // An object that is not complete ends at -1, which is never the end of the bytes.
  if (doubled || skipWhitespace(bytes, end) !== bytes.length) return messageOf('other', bytes);
  const key = id === undefined ? '' : keyOf(rawText(bytes, id));
  const name = method === undefined ? '' : methodAt(bytes, method);
  const kind = kindOf(id !== undefined, key, name !== '', result, error);
  return { kind, bytes, id, key, method: name, params, result, error };
};

const methodAt = (bytes: Buffer, span: Span): string => {
  if (bytes[span.start] !== 0x22) return '';
  const text = rawText(bytes, { start: span.start + 1, end: span.end - 1 });
  return text.includes('\\') ? (JSON.parse(keyOf(`"${text}"`) || '""') as string) : text;
};

const kindOf = (
  hasId: boolean,
  key: string,
  hasMethod: boolean,
  result: Span | undefined,
  error: Span | undefined,
): Message['kind'] => {
  if (hasMethod) return hasId ? (key === '' ? 'other' : 'request') : 'notification';
  if (key === '' || (result === undefined) === (error === undefined)) return 'other';
  return 'response';
};

/** Whether the bytes are exactly one complete message. */
export const isCompleteMessage = (bytes: Buffer): boolean => {
  const { kind } = readMessage(bytes);
  return kind === 'batch' ? elementsAt(bytes, skipWhitespace(bytes, 0)) !== undefined : kind !== 'other';
};

/**
 * A copy to keep: small messages are parts of large chunks, which must not stay in memory because of them. The copy ends
 * its line, since it may be sent again by itself.
 */
export const copyMessage = (message: Message): Message => {
  const { bytes } = message;
  if (bytes[bytes.length - 1] !== 0x0a) return { ...message, bytes: Buffer.concat([bytes, Buffer.from('\n')]) };
  return bytes.length > 16_384 ? message : { ...message, bytes: Buffer.from(bytes) };
};
