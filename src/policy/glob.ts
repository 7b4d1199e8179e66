const special = /[.+^${}()|[\]\\]/g;

/** Compiles a glob of tool names, where `*` stands for any characters and `?` for one, into a test. */
export const globTest = (glob: string): ((name: string) => boolean) => {
  if (glob === '*') return () => true;
  if (!/[*?]/.test(glob)) return (name) => name === glob;
  const source = glob.replace(special, '\\$&').replace(/\*+/g, '.*').replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 's');
  return (name) => expression.test(name);
};

/** Compiles several globs into one test that any of them may pass. */
export const anyGlobTest = (globs: readonly string[]): ((name: string) => boolean) => {
  const tests = globs.map(globTest);
  return (name) => tests.some((test) => test(name));
};
