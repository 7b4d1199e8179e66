import { type Effect, plainEffect, possibleEffect, readVerbs } from './verbs.ts';

/** Splits the name of a tool into lowercase words: `github.listIssues`, `k8s_get_pods`, `API-get-user`. */
export const wordsOf = (name: string): readonly string[] =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');

/** What the words of a name say. */
export interface NameReading {
  /** The word that says that the tool reads; undefined if none does. */
  readonly read: string | undefined;
  /** The word that says that the tool changes something, with its effect. */
  readonly write: { readonly word: string; readonly effect: Effect } | undefined;
  /** Whether a word says that the tool runs a query. */
  readonly queries: boolean;
  /** The last word. */
  readonly last: string;
}

const links: ReadonlySet<string> = new Set(['and', 'or', 'then', 'n']);

/** Objects of `resolve` and `test` with which these only look something up. */
const harmlessObjects: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    'resolve',
    new Set(['id', 'path', 'library', 'name', 'uri', 'url', 'reference', 'ref', 'dns', 'host', 'hostname', 'alias']),
  ],
  ['test', new Set(['connection', 'connectivity'])],
]);

/** Words after which a read verb reads no more: a check-in changes something, and git fetches into a repository. */
const isExcepted = (words: readonly string[], at: number): boolean => {
  const [word, next] = [words[at], words[at + 1]];
  if (word === 'check') return next === 'in' || next === 'out';
  return word === 'fetch' && words[at - 1] === 'git';
};

/**
 * Reads the name of a tool. The first verb leads; after it, a word that may be a noun is one, as in `get_post` and
 * `list_run_logs`, unless it follows "and", "or" or "then". Words before the first verb are the product or the object.
 */
export const readName = (name: string): NameReading => {
  const words = wordsOf(name);
  let read: string | undefined;
  let write: NameReading['write'];
  for (const [at, word] of words.entries()) {
    if (words.slice(at + 1).some((object) => harmlessObjects.get(word)?.has(object))) {
      read ??= word;
      continue;
    }
    const isLead = read === undefined && write === undefined;
    const effect = isExcepted(words, at) ? 'changes' : undefined;
    const mayBeVerb = isLead || links.has(words[at - 1] ?? '');
    const found = effect ?? plainEffect(word) ?? (mayBeVerb ? doubleEffect(words, at) : undefined);
    if (found !== undefined) write ??= { word, effect: found };
    else if (readVerbs.has(word) && (!stateNouns.has(word) || at === words.length - 1)) read ??= word;
  }
  if (read !== undefined && write === undefined && endsWithChange(words, read)) {
    const word = words.at(-1) ?? '';
    write = { word, effect: possibleEffect(word) ?? 'changes' };
  }
  return { read, write, queries: words.length > 1 && words.includes('query'), last: words.at(-1) ?? '' };
};

/** Words that are more often the object of a tool than its verb. */
const objects = new Set(
  `log report note order record snapshot request label tag cache post comment commit release draft link work process build
  test share schedule push pull merge star fork vote book export stage block score`.split(/\s+/),
);
/** Verbs of reading that are no nouns. */
const pureReads = new Set(['get', 'read', 'list', 'search', 'describe', 'find', 'fetch', 'retrieve', 'show', 'view']);
/** Words of reading that are nouns as well: `list_update` updates a list. */
const readNouns = new Set(
  'list search view count check preview status info stat display diff lookup head tail cat measure estimate'.split(' '),
);
/** Words of reading that say so only at the end, as in `git_status`. */
const stateNouns = new Set(['status', 'info', 'stat', 'head', 'tail', 'cat']);

/** A word that may be a noun is one before a verb of reading (`merge_request_get`) and at the end (`pods_log`). */
const doubleEffect = (words: readonly string[], at: number): Effect | undefined => {
  const word = words[at] ?? '';
  const isObject = objects.has(word) && !links.has(words[at - 1] ?? '');
  if (isObject && (pureReads.has(words.at(-1) ?? '') || (at > 0 && at === words.length - 1))) return undefined;
  return possibleEffect(word);
};

/** Whether the name ends with a verb of a change whose object comes first, as in `list_update`. */
const endsWithChange = (words: readonly string[], read: string): boolean => {
  const last = words.at(-1) ?? '';
  return readNouns.has(read) && !objects.has(last) && possibleEffect(last) !== undefined;
};
