import { parseJson } from '../json.ts';

/** The pieces of an object as Python, Ruby or Node prints it: strings, names of members, and what JSON writes in another way. */
const piece =
  /(?:\b[bu])?'((?:[^'\\\n]|\\.){0,2000})'|"(?:[^"\\]|\\.){0,4000}"|([A-Za-z_$][\w$-]{0,60})(?=\s{0,4}:(?!:))|\b(?:None|nil|undefined)\b|\b(True|False)\b|=>|[()]|,(?=\s*[}\])])/g;

const toJson = (match: string, quoted: string | undefined, name: string | undefined, truth: string | undefined) => {
  if (quoted !== undefined) return JSON.stringify(quoted.replace(/\\(.)/g, '$1'));
  if (match.startsWith('"')) return match;
  if (name !== undefined) return `"${name}"`;
  if (truth !== undefined) return truth.toLowerCase();
  if (match === '=>') return ':';
  if (match === '(') return '[';
  if (match === ')') return ']';
  return match === ',' ? '' : 'null';
};

/** An object, and the name that it or one in it has twice: of the values of that, only the last is in the object. */
interface Parsed {
  readonly value: unknown;
  readonly repeated: string | null;
}

const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;

/** Finds a name that an object of valid JSON has twice. */
const repeatedName = (json: string): string | null => {
  const open: Set<string>[] = [];
  for (const [match, colon] of json.matchAll(token)) {
    if (match === '{' || match === '[') open.push(new Set());
    else if (match === '}' || match === ']') open.pop();
    else if (colon !== undefined) {
      const name = JSON.parse(match.slice(0, -colon.length)) as string;
      const names = open.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    }
  }
  return null;
};

const parsedFrom = (json: string): Parsed | undefined => {
  const value = parseJson(json);
  return value === undefined ? undefined : { value, repeated: repeatedName(json) };
};

/** Parses JSON, or an object that another language printed; undefined if it is neither. */
export const parseObject = (text: string): Parsed | undefined => {
  const parsed = parsedFrom(text);
  if (parsed !== undefined || !/^[[{(]\s*(?:['"[{(]|[A-Za-z_$][\w$-]{0,60}\s{0,4}(?::|=>)|:\w)/.test(text))
    return parsed;
  return parsedFrom(text.replace(/(?<=[{,]\s{0,8}):(\w{1,40})(?=\s{0,4}=>)/g, '"$1"').replace(piece, toJson));
};
