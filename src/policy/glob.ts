const special = /[.+^${}()|[\]\\]/g;

/** Compiles a glob of tool names, where `*` stands for any characters and `?` for one, into a test. */
export const globTest = (glob: string): ((name: string) => boolean) => {
  // Stryker disable next-line ConditionalExpression,StringLiteral: equivalent: the expression below allows all names too
  if (glob === '*') return () => true;
  // Stryker disable next-line ConditionalExpression: equivalent: the expression of a name alone matches that name
  if (!/[*?]/.test(glob)) return (name) => name === glob;
  // Stryker disable next-line Regex: equivalent: `.*.*` matches what `.*` does, but tries more
  const source = glob.replace(special, '\\$&').replace(/\*+/g, '.*').replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 's');
  return (name) => expression.test(name);
};

/** Compiles several globs into one test that any of them may pass. */
export const anyGlobTest = (globs: readonly string[]): ((name: string) => boolean) => {
  const tests = globs.map(globTest);
  return (name) => tests.some((test) => test(name));
};
