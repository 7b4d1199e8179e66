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

/** What each match of an expression holds, place by place; null where it has alternatives at its top level. */
const outline = (expression: string): string | null => {
  let text = '';
  let at = 0;
  while (at < expression.length) {
    const character = expression[at] as string;
    if (character === '|') return null;
    if (character === '\\') {
      text += ofEscape(expression[at + 1] ?? '');
      at += 2;
    } else if (character === '(') {
      text += open;
      at = skipGroup(expression, at);
    } else if (character === '[') {
      text += open;
      at = skipClass(expression, at);
    } else if (character === '^' || character === '$') {
      text += edge;
      at += 1;
    } else if (character === '?' || character === '*' || character === '+' || character === '{') {
      // What may be missing or come again is open.
      text = text.slice(0, -1) + open;
      at = character === '{' ? expression.indexOf('}', at) + 1 : at + 1;
    } else {
      text += character === '.' ? open : character;
      at += 1;
    }
  }
  return text;
};

/**
 * The longest whole word, in small letters, that every match of an expression holds; null where none is certain.
 * A text without that word need not be searched.
 */
export const requiredWord = (expression: string): string | null => {
  const text = outline(expression);
  if (text === null) return null;
  const words = [...text.matchAll(/\w+/g)].filter(({ index, 0: word }) => {
    const before = text[index - 1];
    const after = text[index + word.length];
    return before !== undefined && before !== open && after !== undefined && after !== open && word.length >= 2;
  });
  const longest = words.map(([word]) => word).sort((a, b) => b.length - a.length)[0];
  return longest?.toLowerCase() ?? null;
};

let lastText = '';
let lastWords: ReadonlySet<string> = new Set();

/** The words of a text in small letters. The last answer is kept, since all patterns ask about the same text. */
export const wordsIn = (text: string): ReadonlySet<string> => {
  if (text !== lastText) {
    lastWords = new Set(text.toLowerCase().match(/\w+/g));
    lastText = text;
  }
  return lastWords;
};
