/** The number of a short sequence of characters that a text may hold, or a list: 0 and what is needed together, or 1 and the choices. */
export type Need = number | readonly Need[];

const all = 0;
const any = 1;

/** Stand for any digit, and for any letter with an accent or of another script. */
const anyDigit = 2;
const anyCyrillic = 3;
const anyOther = 4;
const firstPair = 256;
const firstTriple = firstPair + (1 << 14);
const size = firstTriple + (1 << 14);

/** The blanks that stand for what was taken away from a text; the text as it was does not hold them. */
const isBlank = (code: number): boolean => code >= 0xe000 && code < 0xf900;

/** A letter as it is compared regardless of case: two letters beyond ASCII have an ASCII one as their lowercase. */
const folded = (code: number): number => {
  if (code >= 65 && code <= 90) return code + 32;
  if (code < 128) return code;
  return code === 0x17f ? 115 : code === 0x212a ? 107 : code;
};

const pairOf = (one: number, two: number): number => firstPair + ((one << 7) | two);
const tripleOf = (one: number, two: number, three: number): number =>
  firstTriple + (((one * 131 + two) * 131 + three) & 0x3fff);

/** A character beyond ASCII. Those of scripts without letter case stand for themselves; few others have a case in another range. */
const markOf = (code: number): number => {
  if (code >= 0x2e80) return tripleOf(code >> 14, (code >> 7) & 127, code & 127);
  return (code >= 0x400 && code < 0x530) || (code >= 0x1c80 && code < 0x1c90) ? anyCyrillic : anyOther;
};

const held = new Uint8Array(size);
let lastText: string | null = null;

/** Notes which sequences of one to three characters other than white space a text holds. */
const read = (text: string): void => {
  held.fill(0);
  let [before, last] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const code = folded(text.charCodeAt(at));
    if (code >= 128 || code <= 32) {
      if (code >= 128 && !isBlank(code)) held[markOf(code)] = 1;
      before = 0;
      last = 0;
      continue;
    }
    if (code >= 48 && code <= 57) held[anyDigit] = 1;
    held[code] = 1;
    if (last !== 0) held[pairOf(last, code)] = 1;
    if (before !== 0) held[tripleOf(before, last, code)] = 1;
    before = last;
    last = code;
  }
};

const isMet = (need: Need): boolean => {
  if (typeof need === 'number') return held[need] === 1;
  const isAny = need[0] === any;
  for (let at = 1; at < need.length; at++) if (isMet(need[at] as Need) === isAny) return isAny;
  return !isAny;
};

/** Whether a text holds what an expression needs. The last text is remembered, since many expressions ask about the same one. */
export const meets = (text: string, need: Need): boolean => {
  if (text !== lastText) {
    read(text);
    lastText = text;
  }
  return isMet(need);
};

/** All of several needs; null needs nothing. */
const together = (needs: readonly (Need | null)[]): Need | null => {
  const some = needs.filter((need) => need !== null);
  return some.length > 1 ? [all, ...some] : (some[0] ?? null);
};
/** One of several needs; null if one of them is null, which any text meets. */
export const either = (needs: readonly (Need | null)[]): Need | null => {
  const some = needs.filter((need) => need !== null);
  return some.length < needs.length ? null : some.length > 1 ? [any, ...some] : (some[0] ?? null);
};

const hasCase = (character: string): boolean => character.toLowerCase() !== character.toUpperCase();

/** What a run of characters needs: its sequences of three characters, of which the first and the last are enough. */
const ofRun = (run: string): Need | null => {
  const codes = [...run].map((character) => folded(character.charCodeAt(0)));
  const at = (index: number): number => codes[index] as number;
  const length = codes.length;
  if (length === 0) return null;
  if (length === 1) return /[a-z]/i.test(run) ? null : at(0);
  if (length === 2) return pairOf(at(0), at(1));
  const triples = [0, length - 3].map((from) => tripleOf(at(from), at(from + 1), at(from + 2)));
  return together([...new Set(triples)]);
};

const quantifier = /(?:[?*+]|\{(\d+)(?:,\d*)?\})\??/y;
const opening = /\((?:\?(?::|<?[=!]|<\w+>))?/y;
const charClass = /\[(?:\\.|[^\]\\])*\]/sy;
const escaped = /\\(?:[pPk][{<][^}>]*[}>]|u\{[\da-f]+\}|u[\da-f]{4}|x[\da-f]{2}|c[a-z]|[1-9]\d*|.)/isy;
const digits = /^(?:\\d|\[(?:\\d|\d(?:-\d)?)+\])$/;

/**
 * Finds what a text has to hold so that an expression may match it; null if that is not certain. Characters count without
 * their case, and white space does not count, because parts of a text may be blanked before the expression is tried.
 */
export const neededPieces = ({ source }: RegExp): Need | null => {
  let at = 0;
  const take = (expression: RegExp): RegExpExecArray | null => {
    expression.lastIndex = at;
    const match = expression.exec(source);
    if (match !== null) at = expression.lastIndex;
    return match;
  };
  /** Reads the quantifier that comes next; whether what it belongs to has to be there, and whether it may be there again. */
  const repeats = (): { isNeeded: boolean; isOnce: boolean } => {
    const match = take(quantifier);
    if (match === null) return { isNeeded: true, isOnce: true };
    return { isNeeded: match[1] === undefined ? match[0].startsWith('+') : Number(match[1]) > 0, isOnce: false };
  };
  const alternatives = (): Need | null => {
    const needs = [sequence()];
    while (source[at] === '|') {
      at += 1;
      needs.push(sequence());
    }
    return either(needs);
  };
  const sequence = (): Need | null => {
    const needs: (Need | null)[] = [];
    let run = '';
    const flush = (): void => {
      needs.push(ofRun(run));
      run = '';
    };
    const literal = (character: string): void => {
      const code = character.charCodeAt(0);
      const { isNeeded, isOnce } = repeats();
      if (code >= 128 || code <= 32 || !isNeeded) flush();
      if (!isNeeded || code <= 32) return;
      if (code >= 128) {
        if (!isBlank(code) && folded(code) === code && !(code >= 0x2e80 && hasCase(character)))
          needs.push(markOf(code));
        return;
      }
      run += character;
      if (isOnce) return;
      flush();
      run = character;
    };
    while (at < source.length && source[at] !== '|' && source[at] !== ')') {
      const opened = take(opening)?.[0];
      if (opened !== undefined) {
        flush();
        const inner = alternatives();
        at += 1;
        if (repeats().isNeeded && !opened.endsWith('!')) needs.push(inner);
        continue;
      }
      const open = (take(charClass) ?? take(escaped))?.[0];
      if (open === undefined) {
        const character = String.fromCodePoint(source.codePointAt(at) as number);
        at += character.length;
        if (character === '^' || character === '$' || character === '.') {
          flush();
          if (character === '.') repeats();
        } else literal(character);
      } else if (open.length === 2 && !/[a-z\d]/i.test(open[1] as string)) literal(open[1] as string);
      else {
        flush();
        if (repeats().isNeeded && digits.test(open)) needs.push(anyDigit);
      }
    }
    flush();
    return together(needs);
  };
  return alternatives();
};
