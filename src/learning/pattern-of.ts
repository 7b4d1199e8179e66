import { holeIn, holes, listed } from './holes.ts';
import type { Signature } from './model.ts';

/** A regular expression of RE2 for texts that have a signature, or why there is none. */
export type PatternOf = { readonly regexp: string } | { readonly refused: string };

/** Words of a sentence that tell no failure from another. */
const fillers = new Set(
  `the and for from with was were are has have had this that these those its your you our but not any all can could may
  will been into onto than then there here when while which who how why what null none true false yes`.split(/\s+/),
);

const fixedWord = /[\p{L}\p{M}]{3,}|\d{3,}/gu;

const escapeRegexp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** A literal part: blanks may be line breaks or characters that a summary leaves out. */
const literal = (text: string): string =>
  text
    .split(' ')
    .map((word) => escapeRegexp(word).replace(/‹([a-z]+)›/g, '[<‹]$1[>›]'))
    .join('[\\s\\pC]+');

/**
 * A regular expression that matches the lines of a signature, and those alone: it begins and ends where a line does, and each
 * variable part matches only what such a part can be.
 */
export const patternOf = ({ line }: Pick<Signature, 'line'>): PatternOf => {
  const wasCut = line.endsWith(' …');
  const whole = wasCut ? line.slice(0, -2) : line;
  const words = new Set<string>();
  for (const [word] of whole.replace(holeIn, ' ').matchAll(fixedWord)) {
    const small = word.toLowerCase();
    if (!fillers.has(small)) words.add(small);
  }
  // A secret may be any word.
  if (words.size < (whole.endsWith('<secret>') ? 4 : 2))
    return {
      refused: `under two fixed words, or four before a secret, in \`${line}\`: such a pattern would match other failures too; write one under \`patterns:\``,
    };
  let regexp = '';
  let at = 0;
  for (const match of whole.matchAll(holeIn)) {
    const kind = match[1] ?? '';
    const hole = holes[kind] ?? '';
    const more = listed.has(kind) ? `(?:(?:,\\s?|\\s+)${hole})*` : '';
    regexp += `${literal(whole.slice(at, match.index))}${hole}${more}`;
    at = match.index + match[0].length;
  }
  regexp += literal(whole.slice(at));
  return { regexp: `^[\\s\\pC]*${regexp}${wasCut ? '' : '[\\s\\pC]*$'}` };
};
