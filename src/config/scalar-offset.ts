import type { Scalar } from 'yaml';

const hexEscapes: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

const inSingleQuotes = (source: string, start: number, offset: number): number => {
  let at = start + 1;
  for (let left = offset; left > 0; left -= 1) at += source[at] === "'" ? 2 : 1;
  return at;
};

const inDoubleQuotes = (source: string, start: number, offset: number): number => {
  let at = start + 1;
  for (let left = offset; left > 0; left -= 1) {
    at += source[at] === '\\' ? 2 + (hexEscapes[source[at + 1] ?? ''] ?? 0) : 1;
  }
  return at;
};

const inBlock = (source: string, start: number, value: string, offset: number): number | undefined => {
  const lineInValue = value.slice(0, offset).split('\n');
  const lines = source.slice(start).split('\n', lineInValue.length + 1);
  const line = lines[lineInValue.length];
  if (line === undefined) return undefined;
  const before = lines.slice(0, lineInValue.length).reduce((sum, text) => sum + text.length + 1, 0);
  const indent = line.length - line.trimStart().length;
  return start + before + indent + (lineInValue.at(-1)?.length ?? 0);
};

/** Finds the place in the file of a character of a scalar's value; undefined if the scalar's form hides it. */
export const offsetInScalar = (scalar: Scalar, source: string, offset: number): number | undefined => {
  const [start, end] = scalar.range ?? [0, 0];
  const written = source.slice(start, end);
  if (scalar.type === 'BLOCK_LITERAL') return inBlock(source, start, String(scalar.value), offset);
  if (written.includes('\n')) return undefined;
  if (scalar.type === 'QUOTE_SINGLE') return inSingleQuotes(source, start, offset);
  if (scalar.type === 'QUOTE_DOUBLE') return inDoubleQuotes(source, start, offset);
  return scalar.type === 'PLAIN' ? start + offset : undefined;
};
