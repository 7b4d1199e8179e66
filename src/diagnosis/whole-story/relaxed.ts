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

/** Parses JSON, or an object that another language printed; undefined if it is neither. */
export const parseObject = (text: string): unknown => {
  const parsed = parseJson(text);
  if (parsed !== undefined || !/^[[{(]\s*(?:['"[{(]|[A-Za-z_$][\w$-]{0,60}\s{0,4}(?::|=>)|:\w)/.test(text))
    return parsed;
  return parseJson(text.replace(/(?<=[{,]\s{0,8}):(\w{1,40})(?=\s{0,4}=>)/g, '"$1"').replace(piece, toJson));
};
