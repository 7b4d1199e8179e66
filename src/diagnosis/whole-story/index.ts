import { isObject, read } from '../facts.ts';
import { parseJson } from '../json.ts';
import { codeMembers, ignoredMembers, memberNames, numericMembers, requestMembers, traceMembers } from './members.ts';
import { remainderOfText, type Story } from './text.ts';
import { partsOf, stepIn } from './trace.ts';
import { partialWords } from './words.ts';

export type { IsCode, Story } from './text.ts';

const maxDepth = 6;
const maxMembers = 64;

const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  typeof value === 'function' ||
  (isObject(value) && !(value instanceof Error) && Object.keys(value).length === 0 && !isCollection(value));

/** An object whose contents are no members. */
const isCollection = (value: object): boolean =>
  value instanceof Map || value instanceof Set ? value.size > 0 : value instanceof Date;

const isPlain = (value: unknown): boolean =>
  !isObject(value) ||
  value instanceof Error ||
  Array.isArray(value) ||
  [Object.prototype, null].includes(Object.getPrototypeOf(value));

/** The members of an object; of an error also those that are not enumerable, unless they hold how the request was made. */
const membersOf = (value: object): readonly string[] => {
  const keys = Object.keys(value);
  if (!(value instanceof Error)) return keys;
  const hidden = Object.getOwnPropertyNames(value).filter((key) => key !== 'stack' && isPlain(read(value, key)));
  return [...new Set(['message', 'cause', 'errors', ...keys, ...hidden])];
};

/** What the class of an error says of a step that is not the tool's own, such as `ReceiptMailError`. */
const stepInClass = (error: Error, { tool }: Story): string | null => {
  const names = [read(error, 'name'), read(read(error, 'constructor') as object, 'name')];
  const own = partsOf(tool).join(' ');
  for (const name of names) {
    const step = typeof name === 'string' ? partialWords.exec(name)?.[0] : undefined;
    if (step !== undefined && !own.includes(step.toLowerCase())) return String(name);
  }
  return null;
};

/** Whether a number says that there were attempts before, of which nothing is known. */
const isLater = (name: string, value: unknown): boolean =>
  /^attempt(?:_?number)?$/i.test(name) && typeof value === 'number' && value > 1;

/** Whether a number is the status of a request that was carried out, or that may have been. */
const isDone = (value: number | bigint | true): boolean =>
  typeof value === 'number' && ((value >= 200 && value < 300) || [500, 501, 502, 504].includes(value));

/** Reads one member of an error body or a thrown error. */
const ofMember = (name: string, member: unknown, story: Story, depth: number): string | null => {
  if (isNothing(member)) return null;
  if (traceMembers.test(name)) return typeof member === 'string' ? stepIn(member.slice(0, 8_000)) : null;
  if (ignoredMembers.test(name)) return null;
  if (typeof member === 'number' || typeof member === 'bigint' || member === true) {
    return numericMembers.test(name) && !isDone(member) ? null : `${name}: ${member}`;
  }
  if (!memberNames.test(name) && !numericMembers.test(name) && remainderOfText(name, story, true) !== null) return name;
  if (typeof member === 'string') {
    if (story.isCode(member)) return null;
    // A problem's type and the path of its request.
    if (/^(?:type|instance)$/i.test(name) && /^(?:about:blank|https?:\S+|\/[a-z/_-]*)$/i.test(member)) return null;
    if (codeMembers.test(name)) return remainderOfText(member, story, true);
  }
  if (/^request$/i.test(name) && isObject(member) && read(member, 'query') !== undefined) return null;
  return ofValue(member, name, story, depth + 1);
};

const ofValue = (value: unknown, name: string, story: Story, depth: number): string | null => {
  if (typeof value === 'string') return ofString(value, story);
  if (!isObject(value)) return isNothing(value) ? null : String(value);
  if (isCollection(value)) return name;
  if (depth > maxDepth) return name;
  const isList = Array.isArray(value);
  const names = isList ? [...value.keys()].map(String) : membersOf(value);
  if (names.length > maxMembers) return name;
  const isThrown = value instanceof Error;
  const step = isThrown ? stepInClass(value, story) : null;
  if (step !== null) return step;
  const isRpc = !isList && read(value, 'jsonrpc') !== undefined;
  for (const key of names) {
    const member = read(value, key);
    if (isLater(key, member)) return `${key}: ${member}`;
    if ((isRpc && key === 'id') || (isThrown && requestMembers.test(key))) continue;
    const remainder = isList ? ofValue(member, name, story, depth + 1) : ofMember(key, member, story, depth);
    if (remainder !== null) return remainder;
  }
  return null;
};

/** A longer text is more than one plain failure. */
const maxLength = 8_000;

/** Reads a text, and JSON in it as JSON. */
const ofString = (whole: string, story: Story): string | null => {
  const text = story.ownWords === undefined ? whole : whole.replace(story.ownWords, '');
  if (text.length > maxLength) return `a text of ${text.length} characters`;
  const ends: readonly (readonly [from: number, to: number])[] = [
    [text.search(/[[{]/), text.trimEnd().length],
    [text.indexOf('{'), text.lastIndexOf('}') + 1],
  ];
  for (const [from, to] of ends) {
    const parsed = from < 0 || to <= from ? undefined : parseJson(text.slice(from, to));
    if (parsed === undefined || !isObject(parsed)) continue;
    return (
      remainderOfText(`${text.slice(0, from)}${' '.repeat(to - from)}${text.slice(to)}`, story) ??
      ofValue(parsed, 'data', story, 0)
    );
  }
  return remainderOfText(text, story);
};

/** Members of tool results and of their items that say nothing, or that are read on their own. */
const resultMembers =
  /^(?:content|structuredContent|isError|resultType|annotations|type|text|traceparent|tracestate|progressToken)$/;

/** What a tool result, an item of it or its `_meta` says beside its text. */
const ofRest = (value: object, story: Story): string | null => {
  for (const key of Object.keys(value)) {
    if (resultMembers.test(key)) continue;
    const member = read(value, key);
    const remainder = key === '_meta' && isObject(member) ? ofRest(member, story) : ofMember(key, member, story, 1);
    if (remainder !== null) return remainder;
  }
  return null;
};

const ofItem = (item: unknown, story: Story): string | null => {
  if (!isObject(item)) return typeof item === 'string' ? ofString(item, story) : 'content that is no text';
  const text = read(item, 'text');
  if (typeof text !== 'string' || (read(item, 'type') ?? 'text') !== 'text') return 'content that is no text';
  return ofString(text, story) ?? ofRest(item, story);
};

const ofContent = (content: unknown, story: Story): string | null => {
  if (typeof content === 'string') return ofString(content, story);
  if (!Array.isArray(content)) return null;
  for (const item of content.slice(0, maxMembers)) {
    const remainder = ofItem(item, story);
    if (remainder !== null) return remainder;
  }
  return content.length > maxMembers ? 'more content' : null;
};

/**
 * Finds what a failed output says besides its failure, such as `created order 12`; null if the failure is the whole story.
 * Everything that is not known to belong to a plain failure report counts: if in doubt, it is not the whole story.
 */
export const remainderOf = (output: unknown, story: Story): string | null => {
  if (!isObject(output) || output instanceof Error) return ofValue(output, 'error', story, 0);
  const content = read(output, 'content');
  const structured = read(output, 'structuredContent');
  if (!Array.isArray(content) && structured === undefined) return ofValue(output, 'result', story, 0);
  return ofContent(content, story) ?? ofValue(structured ?? null, 'result', story, 0) ?? ofRest(output, story);
};
