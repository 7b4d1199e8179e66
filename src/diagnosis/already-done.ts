import { wordsOf } from '../policy/suggest-kind/name.ts';
import type { Finding } from './classify.ts';
import { normalCode, type PatternSet } from './compile.ts';
import { stem } from './whole-story/parts.ts';

const done = /\balready (?:been )?([a-z]{4,20}ed|withdrawn|gone)\b/i;

/** Stems of words that mean the same as the stem of another one. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ['remov', 'delet'],
  ['removal', 'delet'],
  ['gon', 'delet'],
  ['destroy', 'delet'],
  ['purg', 'delet'],
  ['withdraw', 'revok'],
  ['withdrawn', 'revok'],
  ['withdrawal', 'revok'],
  ['revocat', 'revok'],
  ['cancellat', 'cancel'],
]);

/** What a verb or its noun does: `deleted`, `deletion` and `remove` are the same. */
const meaningOf = (word: string): string => {
  const root = stem(word.toLowerCase().replace(/ions?$/, ''));
  return synonyms.get(root) ?? root;
};

/** What is found if a tool was asked for what is done already: `delete_user` says `already been deleted`, which no fix changes. */
export const alreadyDone = (
  sets: readonly PatternSet[],
  { tool, text }: { readonly tool: string; readonly text: string },
  found: Finding | null,
): Finding | null => {
  if (found === null || found.own === true || found.source !== 'words' || found.entry.pattern.fix.length === 0)
    return found;
  const participle = done.exec(text)?.[1];
  if (participle === undefined || !wordsOf(tool).some((word) => meaningOf(word) === meaningOf(participle)))
    return found;
  const entry = sets.at(-1)?.byCode.get(normalCode('AlreadyExists'))?.[0];
  return entry === undefined ? found : { ...found, entry, rule: entry.pattern.id };
};
