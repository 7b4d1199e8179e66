import { collectBody } from './body-facts.ts';
import { type BodyVerdict, errorBody } from './error-body.ts';
import { addNumber, type Facts, isObject, newFacts, read } from './facts.ts';
import { parseJson } from './json.ts';
import { plainBody } from './member-names.ts';
import { reportLimit } from './report.ts';

/** What a returned value holds, as far as a diagnosis looks at it. */
export interface ReturnedValue {
  /** The value says itself that it is an error: `isError`, a response with `ok: false`, an Error object. */
  readonly marked: boolean;
  /** The codes and statuses are those of the call itself, as in a response of `fetch`. */
  readonly exact: boolean;
  readonly text: string;
  readonly facts: Facts;
  /** What a JSON body amounts to; null if there is none. */
  readonly body: BodyVerdict | null;
  /** The JSON value itself, if it is healthy as a whole. */
  readonly parsed?: object;
}

const maxItems = 64;

const joinTexts = (content: readonly unknown[]): string => {
  let text = '';
  for (const item of content.slice(0, maxItems)) {
    const piece = isObject(item) ? read(item, 'text') : undefined;
    if (typeof piece !== 'string') continue;
    text = text === '' ? piece : `${text}\n${piece}`;
    if (text.length > reportLimit) break;
  }
  return text;
};

const maxLiteralChars = 2_000;

/** A text that is one string in JSON: what is in it is meant. */
const withoutJsonQuotes = (text: string): string => {
  if (text[0] !== '"' || text.length > maxLiteralChars) return text;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : text;
  } catch {
    return text;
  }
};

const ofText = (whole: string, marked: boolean): ReturnedValue => {
  const facts = newFacts();
  const text = withoutJsonQuotes(whole);
  const parsed = parseJson(text);
  if (parsed === undefined) return { marked, exact: false, text, facts, body: null };
  const plain = plainBody(parsed);
  collectBody(facts, plain);
  const body = errorBody(plain);
  return { marked, exact: false, text, facts, body, ...(body === 'healthy' && { parsed }) };
};

/** The result of an MCP tool: the text items, and a structured error where there is one. */
const ofToolResult = (value: object, content: readonly unknown[]): ReturnedValue => {
  const marked = read(value, 'isError') === true;
  const returned = ofText(joinTexts(content), marked);
  const structured = read(value, 'structuredContent');
  if (!isObject(structured)) return returned;
  const body = plainBody(structured);
  const verdict = errorBody(body);
  if (marked || verdict === 'error') collectBody(returned.facts, body);
  return verdict === 'error' ? { ...returned, body: 'error' } : returned;
};

const safeJson = (value: object): string => {
  try {
    return JSON.stringify(value)?.slice(0, reportLimit) ?? '';
  } catch {
    return '';
  }
};

const isResponse = (value: object): boolean =>
  typeof read(value, 'status') === 'number' &&
  isObject(read(value, 'headers')) &&
  (typeof read(value, 'ok') === 'boolean' || isObject(read(value, 'config')));

/** Reads a response of `fetch` or axios, or what looks like one. */
const ofResponse = (value: object): ReturnedValue => {
  const facts = newFacts();
  const status = read(value, 'status') as number;
  addNumber(facts, status);
  facts.headers.push(read(value, 'headers') as object);
  const data = read(value, 'data');
  if (status >= 400) collectBody(facts, data);
  const statusText = read(value, 'statusText');
  const words = typeof data === 'string' ? data.slice(0, reportLimit) : facts.messages.join('\n');
  return {
    marked: status >= 400,
    exact: true,
    text: `HTTP ${status}${typeof statusText === 'string' && statusText !== '' ? ` ${statusText}` : ''}${words === '' ? '' : `\n${words}`}`,
    facts,
    body: null,
  };
};

/** Reads a returned value of any shape. */
export const readReturned = (value: unknown): ReturnedValue => {
  if (typeof value === 'string') return ofText(value, false);
  if (!isObject(value)) return { marked: false, exact: false, text: '', facts: newFacts(), body: null };
  const content = read(value, 'content');
  if (Array.isArray(content) || read(value, 'isError') === true) {
    return ofToolResult(
      value,
      Array.isArray(content) ? content : [{ text: typeof content === 'string' ? content : '' }],
    );
  }
  const inner = read(value, 'structuredContent');
  if (isObject(inner)) return ofToolResult(value, []);
  if (isResponse(value)) return ofResponse(value);
  const facts = newFacts();
  const body = plainBody(value);
  const verdict = errorBody(body);
  if (verdict === 'healthy') return { marked: false, exact: false, text: '', facts, body: verdict, parsed: value };
  collectBody(facts, body);
  return { marked: false, exact: false, text: facts.messages.join('\n') || safeJson(value), facts, body: verdict };
};
