import { isRecord } from '../text/is-record.ts';

const maxStrings = 500;
const maxDepth = 5;

/** The text of a result that does not say itself that it is an error; undefined if it has none. */
const unmarkedTextOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  if (!isRecord(value) || value.isError === true || !Array.isArray(value.content)) return undefined;
  const [item, ...more] = value.content as unknown[];
  return more.length === 0 && isRecord(item) && typeof item.text === 'string' ? item.text : undefined;
};

const stringsIn = function* (value: unknown, depth = 0): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null && depth < maxDepth) {
    for (const member of Object.values(value)) yield* stringsIn(member, depth + 1);
  }
};

/** Whether a result only gives back what the call was given, as that of a tool which posts a text: the text tells of no failure. */
export const isEcho = (value: unknown, args: Readonly<Record<string, unknown>> | undefined): boolean => {
  const text = args === undefined ? undefined : unmarkedTextOf(value)?.trim();
  if (text === undefined || text === '') return false;
  let count = 0;
  for (const given of stringsIn(args)) {
    if (given.includes(text)) return true;
    count += 1;
    if (count === maxStrings) break;
  }
  return false;
};
