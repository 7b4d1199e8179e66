import { isObject, read } from '../facts.ts';
import { plainName } from '../member-names.ts';
import { attemptsIn, countsAttempts, isCountOf } from './attempt-lists.ts';
import { formOf, headerIn, isTime, listedTrace } from './forms.ts';
import {
  codeMembers,
  idMembers,
  memberNames,
  noMembers,
  numericMembers,
  pageMembers,
  placeMembers,
  requestMembers,
  timeMembers,
  traceMembers,
} from './members.ts';
import { partsOf } from './parts.ts';
import { parseObject } from './relaxed.ts';
import { isDenied, isParticiple, tellsOfStep } from './steps.ts';
import { remainderOfText, type Story } from './text.ts';
import { stepIn } from './trace.ts';
import { partialWords } from './words.ts';

export type { Story } from './text.ts';

const maxDepth = 6;
const maxMembers = 64;

/** Members that hold a code or a status. */
const codes = /code|status/i;

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

/** Whether an id names something of what the tool works on, such as `order-12`. */
const namesThing = (id: string, tool: string): boolean => {
  const own = partsOf(tool);
  return partsOf(id).some(
    (part) =>
      part.length > 2 &&
      !/^(?:req|request|trace|log|error|span|correlation|client|support|activity|ray)$/.test(part) &&
      (own.includes(part) || isDenied(part)),
  );
};

/** Whether a path is that of the request, or of the one field of it. */
const isPath = (path: unknown, tool: string): boolean =>
  Array.isArray(path)
    ? path.length === 1 && !tellsOfStep(String(path[0]), tool)
    : typeof path === 'string' &&
      /^[$\w./{}:-]{1,120}$/.test(path) &&
      !/\/\d/.test(path.replace(/^\/(?:rest\/)?(?:api|rest)\/\d\//, '/')) &&
      !tellsOfStep(path, tool);

/** Whether a text is no more than the address of a page about failures. */
const isPage = (address: string): boolean =>
  /^\S{1,300}$/.test(address) &&
  !partsOf(address).some(isParticiple) &&
  (!/\/\d{1,12}(?:$|[/?#])/.test(address) || /docs?\b|errors?\b|help|developer|support/.test(address));

/** Whether a number is the status of a request that was carried out, or that may have been. */
const isDone = (value: number | bigint | true): boolean =>
  typeof value === 'number' && (value === 0 || (value >= 200 && value < 300) || [500, 501, 502, 504].includes(value));

/** Whether a value is the name of a place that the tool did not make: a word, a host, an address, a port or a version. */
const isPlace = (name: string, value: string, tool: string): boolean =>
  /^(?:[a-z][a-z_.-]{0,60}|etcd-endpoints:\/\/[\w.:/]{1,80}|[\w-]{1,60}(?:\.[\w-]{1,60}){1,8}(?::\d{1,5})?|[\d.:[\]a-f]{2,50}|\d{1,5}|[a-z]{2,12}-[a-z]{2,12}-\d)$/i.test(
    value,
  ) &&
  !partsOf(value).some((part) => isDenied(part)) &&
  !partsOf(name).some((part) => partsOf(tool).includes(part));

/** Reads a stack trace: its frames, and the message that it begins with. */
const ofTrace = (trace: unknown, name: string, story: Story): string | null => {
  const text = Array.isArray(trace) ? listedTrace(trace, story.tool) : trace;
  if (typeof text !== 'string') return name;
  return stepIn(text.slice(0, 8_000), story.tool) ?? remainderOfText(text.slice(0, 8_000), story);
};

/** Reads one member of an error body or a thrown error. */
const ofMember = (given: string, member: unknown, story: Story, depth: number): string | null => {
  const name = plainName(given);
  if (/^(?:is_?)?retr(?:yable|iable)$/i.test(name) && member === false) return name;
  if (member === false) return noMembers.test(name) || numericMembers.test(name) ? null : name;
  if (isNothing(member)) {
    const isKnown = memberNames.test(name) || formOf(name) !== undefined || requestMembers.test(name);
    // An empty object under the name of an operation is what that gave.
    return isObject(member) && !isKnown && remainderOfText(name, story, true) !== null ? name : null;
  }
  if (/^path$/i.test(name)) return isPath(member, story.tool) ? null : name;
  if (pageMembers.test(name)) {
    if (isPage(String(member))) return null;
    return typeof member === 'string' ? remainderOfText(member, story) : name;
  }
  if (traceMembers.test(name)) return ofTrace(member, name, story);
  const form = formOf(name);
  if (form !== undefined) return form(member, story.tool) ? null : name;
  if (
    idMembers.test(name) &&
    /^[\w:=/+.-]{1,80}$/.test(String(member)) &&
    !namesThing(`${name.replace(/[-_]?(?:id|uid|ref|reference)$/i, '')} ${member}`, story.tool)
  )
    return null;
  if (timeMembers.test(name) && isTime(member, story.tool)) return null;
  if (
    /^expir\w{1,3}[-_ ]?(?:time|at|on)$/i.test(name) &&
    Array.isArray(member) &&
    member.every((one) => isTime(one, story.tool))
  )
    return null;
  if (/^headers?$/i.test(name)) return isObject(member) ? headerIn(member, story.tool) : String(member);
  if (/^attempt$/i.test(name) && (member === 1 || member === 0)) return null;
  if (placeMembers.test(name) && typeof member !== 'object' && isPlace(name, String(member), story.tool)) return null;
  if (typeof member === 'number' || typeof member === 'bigint' || member === true) {
    return numericMembers.test(name) &&
      !(isDone(member) && codes.test(name)) &&
      !(/^reset$/i.test(name) && Number(member) < 1e9)
      ? null
      : `${name}: ${member}`;
  }
  if (!/^\.?[\w$@-]+(?: [\w$@-]+){0,3}$/.test(name)) return name;
  if (!memberNames.test(name) && !numericMembers.test(name) && remainderOfText(name, story, true) !== null) return name;
  if (typeof member === 'string') {
    if (story.isCode(member) || (numericMembers.test(name) && /^4\d\d$/.test(member))) return null;
    // A problem's type and the path of its request.
    if (/^(?:type|instance)$/i.test(name) && /^(?:about:blank|https?:\S+|\/[a-z/_-]*)$/i.test(member))
      return partsOf(member).some(isParticiple) || tellsOfStep(member, story.tool) ? name : null;
    // The id of a problem, and the name of an error.
    if (/^(?:instance|error_?id)$/i.test(name) && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(member))
      return null;
    if (/^id$/i.test(name) && /^[a-z_]+(?:\.[a-z_]+){1,6}(?<=error)$/.test(member))
      return remainderOfText(member.replace(/[._]/g, ' '), story, true);
    // A service's own code of one failure, such as `APP_002`, and the kind of a body.
    if (/^(?:e|err|error)_?code$/i.test(given) && /^(?!OK)(?:[A-Z]{2,8}|E)[-_]?\d{1,6}$/.test(member)) return null;
    // What a limit counts.
    if (/^type$/i.test(name) && /^(?:(?:input_|output_)?tokens|requests|images|queries|calls)$/.test(member))
      return null;
    if (/^(?:type|object)$/i.test(name) && /^error(?:[._]list)?$|^list[._]error$/.test(member)) return null;
    if (codeMembers.test(name)) return remainderOfText(member, story, true);
  }
  if (/^request$/i.test(name) && isObject(member) && read(member, 'query') !== undefined)
    return Object.keys(member).find((key) => !/^(?:query|variables|operationName|headers|method)$/.test(key)) ?? null;
  return ofValue(member, name, story, depth + 1);
};

const ofValue = (value: unknown, name: string, story: Story, depth: number): string | null => {
  if (typeof value === 'string') return ofString(value, story);
  if (!isObject(value)) return isNothing(value) ? null : String(value);
  if (isCollection(value)) return name;
  if (depth > maxDepth) return name;
  const isList = Array.isArray(value);
  const attempts = isList ? attemptsIn(value, name) : value;
  if (attempts === null) return name;
  if (attempts !== value) return ofValue(attempts, 'errors', story, depth);
  const names = isList ? [...value.keys()].map(String) : membersOf(value);
  if (names.length > maxMembers) return name;
  const isThrown = value instanceof Error;
  const step = isThrown ? stepInClass(value, story) : null;
  if (step !== null) return step;
  const isRejected = /^4(?:01|29)\b|^You are being rate limited/.test(String(isList ? '' : read(value, 'message')));
  const isRpc = !isList && read(value, 'jsonrpc') !== undefined;
  // Of several parts, those without an error were carried out.
  if (isList && value.some(isNothing) && !value.every(isNothing)) return name;
  for (const key of names) {
    const member = read(value, key);
    if (countsAttempts(key, member) && isCountOf(member, value)) continue;
    if (isLater(key, member)) return `${key}: ${member}`;
    const isNoCode = key === 'code' && isRejected && member === 0;
    if (isNoCode || (isRpc && key === 'id') || (isThrown && requestMembers.test(key))) continue;
    const remainder = isList ? ofValue(member, name, story, depth + 1) : ofMember(key, member, story, depth);
    if (remainder !== null) return remainder;
  }
  return null;
};

/** A longer text is more than one plain failure. */
const maxLength = 8_000;

/** The headers of a response, as the generated clients of Python print them. */
const printedHeaders = /^HTTP response headers: HTTPHeaderDict\(\{[^\n]{0,4000}\}\)$/m;

/** Reads a text, and JSON in it as JSON. */
const ofString = (whole: string, story: Story): string | null => {
  const told = story.ownWords === undefined ? whole : whole.replace(story.ownWords, '');
  const text = told.replace(printedHeaders, (line) => (/location|cookie|etag/i.test(line) ? line : ''));
  if (text.length > maxLength) return `a text of ${text.length} characters`;
  const ends: readonly (readonly [from: number, to: number])[] = [
    [text.search(/[[{]/), text.trimEnd().length],
    [text.indexOf('{'), text.lastIndexOf('}') + 1],
  ];
  for (const [from, to] of ends) {
    const parsed = from < 0 || to <= from ? undefined : parseObject(text.slice(from, to));
    if (parsed === undefined || !isObject(parsed.value)) continue;
    if (parsed.repeated !== null) return parsed.repeated;
    return (
      remainderOfText(`${text.slice(0, from)}${' '.repeat(to - from)}${text.slice(to)}`, story) ??
      ofValue(parsed.value, 'data', story, 0)
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
