/** Options of `healflow proxy` that take a value. */
const plainOptions: ReadonlyMap<string | undefined, 'config' | 'memory'> = new Map([
  ['--config', 'config'],
  ['--memory', 'memory'],
]);

/** `healflow proxy` as client configurations usually call it. */
export interface PlainProxy {
  readonly command: readonly string[];
  readonly options: { readonly config?: string; readonly memory?: string };
}

/**
 * Parses `proxy [--config FILE] [--memory DIR] -- COMMAND [ARG...]`. Returns undefined for any other arguments, valid
 * or not, which the full parser handles.
 */
export const parseSimpleProxy = ([name, ...words]: readonly string[]): PlainProxy | undefined => {
  const end = words.indexOf('--');
  if (name !== 'proxy' || end === -1 || end % 2 === 1 || end === words.length - 1) return undefined;
  const options: { config?: string; memory?: string } = {};
  for (let at = 0; at < end; at += 2) {
    const option = plainOptions.get(words[at]);
    const value = words[at + 1];
    if (option === undefined || value === undefined || value.startsWith('-') || options[option] !== undefined) {
      return undefined;
    }
    options[option] = value;
  }
  return { command: words.slice(end + 1), options };
};
