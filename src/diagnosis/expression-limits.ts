const maxLength = 10_000;
const maxNesting = 50;

/** Thrown for an expression that takes too long to compile; the message says why, and what to do. */
export class ExpressionTooLarge extends Error {
  /** Where in the expression, counted in characters from 0. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'ExpressionTooLarge';
    this.offset = offset;
  }
}

/** The positions of the groups that are open after each parenthesis, the outermost first; the same list each time. */
export function* openGroups(expression: string): Generator<readonly number[]> {
  const open: number[] = [];
  let inClass = false;
  for (let at = 0; at < expression.length; at++) {
    const character = expression[at];
    if (expression.startsWith('\\Q', at)) {
      const end = expression.indexOf('\\E', at);
      at = end === -1 ? expression.length : end + 1;
    } else if (character === '\\') at++;
    else if (inClass) inClass = character !== ']';
    else if (character === '[') inClass = true;
    else if (character === '(') {
      open.push(at);
      yield open;
    } else if (character === ')') {
      open.pop();
      yield open;
    }
  }
}

/** Throws an {@link ExpressionTooLarge} if an expression is longer, or has its groups nested deeper, than anyone needs. */
export const assertSmall = (expression: string): void => {
  if (expression.length > maxLength) {
    const message = `longer than ${maxLength} characters; write several shorter expressions`;
    throw new ExpressionTooLarge(message, maxLength);
  }
  for (const open of openGroups(expression)) {
    if (open.length <= maxNesting) continue;
    throw new ExpressionTooLarge(`groups are nested more than ${maxNesting} deep; nest fewer`, open[maxNesting] ?? 0);
  }
};
