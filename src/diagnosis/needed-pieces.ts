import { alternativesOf, outline, quantifier } from './needed-words.ts';

/** Pieces of a text in small letters, all of which a match holds; one list for each way in which an expression can match. */
export type NeededPieces = readonly (readonly string[])[];

/** What the outline of an expression does not understand: classes by name, code points, quoted stretches, a bracket in its own class. */
const beyondOutline = /\\[pPxuckQ0-9]|\[:|\[\^?\]/;
const piece = /[a-z0-9]{3,}/g;
const mostWays = 40;

const skipEscapes = (expression: string): string => expression.replace(/\\\\/g, '  ');

/** The groups at the top level of an expression, those aside that may be missing. */
const groupsOf = (expression: string): string[] => {
  const groups: string[] = [];
  let depth = 0;
  let begin = 0;
  for (let at = 0; at < expression.length; at++) {
    const character = expression[at];
    if (character === '\\') at++;
    else if (character === '[') {
      while (at < expression.length && expression[at] !== ']') at += expression[at] === '\\' ? 2 : 1;
    } else if (character === '(') {
      if (depth === 0) begin = at;
      depth++;
    } else if (character === ')' && --depth === 0) {
      const isOptional = expression[at + 1] !== '+' && quantifier.test(expression.slice(at + 1, at + 17));
      if (!isOptional) groups.push(expression.slice(begin, at + 1));
    }
  }
  return groups;
};

const ofAlternatives = (group: string): NeededPieces | null => {
  const ways = alternativesOf(group)?.map(neededPieces);
  const all = ways?.every((way) => way !== null) ? ways.flat() : null;
  return all === null || all.length > mostWays ? null : all;
};

/**
 * The pieces of which every match of an expression holds all, for one of the ways in which it can match; null where there are
 * none for some way. A text that holds them for none need not be searched.
 */
export const neededPieces = (expression: string): NeededPieces | null => {
  if (beyondOutline.test(skipEscapes(expression))) return null;
  const found = outline(expression);
  if (found === null) return ofAlternatives(`(${expression})`);
  const pieces = found.text.toLowerCase().match(piece);
  if (pieces !== null) return [[...new Set(pieces)]];
  for (const group of groupsOf(expression)) {
    const ways = ofAlternatives(group);
    if (ways !== null) return ways;
  }
  return null;
};
