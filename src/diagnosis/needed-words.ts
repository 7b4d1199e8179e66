// biome-ignore-all lint/suspicious/noControlCharactersInRegex: ASCII is told by its codes
/** Stands for what an expression leaves open, and for the edge of a word. */
const open = '\u0002';
const edge = ' ';

const skipGroup = (expression: string, at: number): number => {
  let depth = 0;
  for (let index = at; index < expression.length; index++) {
    const character = expression[index];
    if (character === '\\') index++;
    else if (character === '[') index = skipClass(expression, index) - 1;
    else if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return index + 1;
  }
  return expression.length;
};

const skipClass = (expression: string, at: number): number => {
  for (let index = at + 1; index < expression.length; index++) {
    if (expression[index] === '\\') index++;
    else if (expression[index] === ']') return index + 1;
  }
  return expression.length;
};

const ofEscape = (character: string): string => {
  if (character === 'b' || character === 's' || character === 'n' || character === 't') return edge;
  return /[A-Za-z0-9]/.test(character) ? open : character;
};

/** What stands for a character beyond ASCII, which is not part of a word here. */
export const beyondAscii = '\u0080';

/** The alternatives of what is between parentheses; null if it is a look-around. */
const alternativesOf = (group: string): string[] | null => {
  const inner = group.slice(1, -1);
  if (inner.startsWith('?') && !inner.startsWith('?:')) return null;
  const body = inner.startsWith('?:') ? inner.slice(2) : inner;
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < body.length; at++) {
    const character = body[at];
    if (character === '\\') at++;
    else if (character === '[') at = skipClass(body, at) - 1;
    else if (character === '(') at = skipGroup(body, at) - 1;
    else if (character === '|') {
      parts.push(body.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, body.slice(from)];
};

const isEdge = (character: string | undefined): boolean =>
  character !== undefined && /[^a-z0-9\u0002]/i.test(character);

/** A class of characters that are between words, the underscore among them: `RATE_LIMIT` is two words here. */
const separators = /^\[[ _:/.-]+\]$/;

/** Whether what follows in an expression begins with the edge of a word. */
const edgeFollows = (rest: string): boolean => /^(?:\\[bsn]|[ $^,:;'"/=_-](?![?*{]))/.test(rest);

interface Outline {
  /** What each match of an expression holds, place by place. */
  readonly text: string;
  /** Words of which each match holds one, a list for each group that tells such. */
  readonly choices: readonly (readonly string[])[];
}

/** A brace that opens anything else stands for itself. */
const quantifier = /^(?:[?*+]|\{\d+(?:,\d*)?\})/;
const maxQuantifierLength = 16;

/** The outline of an expression; null if it has alternatives at its top level. */
const outline = (expression: string): Outline | null => {
  const choices: (readonly string[])[] = [];
  let text = '';
  let at = 0;
  while (at < expression.length) {
    const character = expression[at] as string;
    if (character === '|') return null;
    if (character === '\\') {
      text += ofEscape(expression[at + 1] ?? '');
      at += 2;
    } else if (character === '(') {
      const end = skipGroup(expression, at);
      const rest = expression.slice(end);
      if (isEdge(text.at(-1)) && edgeFollows(rest)) {
        const words = alternativesOf(expression.slice(at, end))?.map((one) => neededWords(`\\b${one}\\b`));
        if (words?.every((some) => some !== null)) choices.push(words.flat());
      }
      text += open;
      at = end;
    } else if (character === '[') {
      const end = skipClass(expression, at);
      text += separators.test(expression.slice(at, end)) ? edge : open;
      at = end;
    } else if (character === '^' || character === '$') {
      text += edge;
      at += 1;
    } else if (quantifier.test(expression.slice(at, at + maxQuantifierLength))) {
      // What may be missing or come again is open.
      text = text.slice(0, -1) + open;
      at = character === '{' ? expression.indexOf('}', at) + 1 : at + 1;
    } else {
      text += character === '.' ? open : character;
      at += 1;
    }
  }
  return { text, choices };
};

const maxChoices = 60;

/**
 * Words in lowercase of which every match of an expression holds at least one as a whole; null if that is not
 * certain. A text without any of them need not be searched.
 */
export const neededWords = (expression: string): readonly string[] | null => {
  const found = outline(expression);
  if (found === null) return null;
  const { text, choices } = found;
  const words = [...text.matchAll(/[a-z0-9]+/gi)].filter(({ index, 0: word }) => {
    const before = text[index - 1];
    const after = text[index + word.length];
    return before !== undefined && before !== open && after !== undefined && after !== open && word.length >= 2;
  });
  const longest = words.map(([word]) => word).sort((a, b) => b.length - a.length)[0];
  if (longest !== undefined) return [longest.toLowerCase()];
  if (/[^\x00-\x7f]/.test(text)) return [beyondAscii];
  const fewest = [...choices].sort((a, b) => a.length - b.length)[0];
  return fewest === undefined || fewest.length > maxChoices ? null : fewest;
};

let lastText = '';
let lastWords: ReadonlySet<string> = new Set();

/** The words of a text in lowercase. The last result is cached, since all patterns ask about the same text. */
export const wordsIn = (text: string): ReadonlySet<string> => {
  if (text !== lastText) {
    const words = new Set<string>(text.toLowerCase().match(/[a-z0-9]+/g));
    if (/[^\x00-\x7f]/.test(text)) words.add(beyondAscii);
    lastWords = words;
    lastText = text;
  }
  return lastWords;
};
