import { isObject, read } from '../facts.ts';
import { headerLine } from './blanks.ts';
import { partsOf } from './parts.ts';
import { isDenied, isParticiple, tellsOfStep } from './steps.ts';
import { stepIn } from './trace.ts';

/** Whether a value has the form of what the name of its member says: prose under such a name may tell of an effect. */
type ValueForm = (value: unknown, tool: string) => boolean;

const datePart =
  /\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}|[AP]M|GMT|UTC)\b/g;

/** A time as a number or as a text. */
export const isTime: ValueForm = (value) =>
  typeof value === 'number'
    ? value >= 1e9
    : typeof value === 'string' &&
      value.length <= 60 &&
      /\d\d:\d\d|^\d{10,13}(?:\.\d{1,6})?$/.test(value) &&
      /^[\d\s:.,TZ+/()-]*$/.test(value.replace(datePart, ''));

const isNumber: ValueForm = (value) =>
  typeof value === 'number' || (typeof value === 'string' && /^-?\d{1,9}$/.test(value));

const isYesOrNo: ValueForm = (value) => typeof value === 'boolean';

/** Words that names have not, but sentences. */
const isProse = (word: string): boolean =>
  isParticiple(word) ||
  /^(?:the|an?|is|are|was|were|has|have|had|been|and|but|then|it|this|that|there|ok|done|sent|made|put|built|now|went)$/.test(
    word,
  );

const isName: ValueForm = (value, tool) =>
  typeof value === 'string' &&
  /^[\w.$@:/-]{1,160}$/.test(value) &&
  !/\/\d{1,12}(?:$|\/)/.test(value) &&
  !partsOf(value).some(isProse) &&
  !tellsOfStep(value, tool);

const isCode: ValueForm = (value, tool) => isNumber(value, tool) || isName(value, tool);

const isScope: ValueForm = (value) =>
  typeof value === 'string' &&
  value.length <= 2_000 &&
  value.split(/[\s,]+/).every((token) => /^[\w.:/*-]{0,160}$/.test(token) && !partsOf(token).some(isProse));

const isListOf =
  (form: ValueForm): ValueForm =>
  (value, tool) =>
    Array.isArray(value) ? value.length <= 64 && value.every((item) => form(item, tool)) : form(value, tool);

/** A place in a text: its line and column. */
const isPlaceInText: ValueForm = (value, tool) =>
  isObject(value) &&
  Object.keys(value).every((key) =>
    /^(?:line|column|col|offset|start|end|index|sourceName|path)$/i.test(key) ? isCode(read(value, key), tool) : false,
  );

const frameMembers =
  /^(?:file|filename|line|lineno|lineNumber|column|col|colno|function|method|methodName|class|className|declaringClass|type|module|nativeMethod)$/;

const isFrame = (value: unknown): value is object =>
  isObject(value) &&
  !Array.isArray(value) &&
  Object.keys(value).every((key) => {
    const member = read(value, key);
    if (key === 'args') return Array.isArray(member) && member.length === 0;
    return frameMembers.test(key) && (!isObject(member) || member === null) && /^\S{0,300}$/.test(String(member ?? ''));
  });

/** The stack trace that a list holds, as text; null if it is none. */
export const listedTrace = (frames: readonly unknown[], tool: string): string | null => {
  const lines: string[] = [];
  for (const frame of frames.slice(0, 200)) {
    if (typeof frame === 'string') lines.push(frame);
    else if (!isFrame(frame)) return null;
    else {
      const of = (key: string): string => String(read(frame, key) ?? '');
      const called = of('function') || of('method') || of('methodName') || 'at';
      if (stepIn(`at ${of('class')}.${called} (${of('file')})`, tool) !== null) return null;
    }
  }
  return lines.join('\n');
};

/** Members that say which request it was or where to read more, and the form that their value has. */
const forms: readonly (readonly [names: RegExp, form: ValueForm])[] = [
  [/^ts$/i, isTime],
  [/^(?:line|column|col)$/i, isNumber],
  [/^(?:logger|caller|method|errno|jsonrpc|logref|schema|policyname|apiversion)$/i, isCode],
  [/^(?:acceptedscopes|scopes|needed|provided)$/i, isListOf(isScope)],
  [/^locations$/i, isListOf(isPlaceInText)],
  [/^is_?error$/i, isYesOrNo],
];

/** The form that the value of an ignored member has; undefined if the name is not that of one. */
export const formOf = (name: string): ValueForm | undefined => forms.find(([names]) => names.test(name))?.[1];

/** Finds a header of a response that may tell of its result; its name, or null. */
export const headerIn = (headers: object, tool: string): string | null => {
  const own = partsOf(tool).filter((part) => part.length > 2);
  for (const name of Object.keys(headers)) {
    if (/location|cookie|etag/i.test(name)) return name;
    const value = read(headers, name);
    if (/^transfer-encoding$/i.test(name) && /^(?:chunked|gzip|deflate|identity)$/i.test(String(value))) continue;
    const line = `${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`;
    const isKnown = line.search(headerLine) !== -1;
    const words = partsOf(isKnown ? String(value) : line);
    if (words.some((word) => isParticiple(word) || (!isKnown && own.includes(word)))) return name;
    if (!isKnown && partsOf(name).some((part) => part !== 'x' && isDenied(part))) return name;
  }
  return null;
};
