/** The words of a list. */
export const wordsOf = (list: string): string[] => list.trim().split(/\s+/);

/** A word with what belongs to it; digits in it count. */
export const wordExpression = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’_-]*/gu;

/** The words inside an identifier, in lower case: `RateLimitError` and `rate_limit_error` are the same three. */
export const partsOf = (word: string): string[] =>
  word
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{M}']+/u)
    .filter((part) => part !== '');

/** Whether a tool's name says that it does one thing after another. */
export const isSequence = (tool: string): boolean =>
  partsOf(tool).some((part) => /^(?:and|then|with|plus|und|et|y|e|og|och|en)$/.test(part));

/** The stem of a verb: `creating`, `creates` and `created` are `create`. */
export const stem = (word: string): string =>
  word
    .replace(/(?:ied|ies|ying)$/, 'y')
    .replace(/(?:ing|ed|es|s)$/, '')
    .replace(/(.)\1$/, '$1')
    .replace(/e$/, '');
