/** Whether only blanks and the marks of lists and tables stand before `at` in its line. */
export const startsLine = (text: string, at: number): boolean => {
  let index = at - 1;
  while (index >= 0 && at - index < 200 && ' \t-|│*"\''.includes(text[index] as string)) index -= 1;
  return index < 0 || text[index] === '\n' || text[index] === '\r';
};

/** Whether nothing but a comment follows `at` in its line. */
export const endsLineAfter = (text: string, at: number): boolean =>
  /^[ \t|│]{0,200}(?:$|[\r\n#]|\\n)/.test(text.slice(at, at + 202));

/** Where a sticky expression that matches at `at` ends; -1 where it does not match. */
export const matchEnd = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
};
