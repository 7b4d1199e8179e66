import { wordsOf } from '../policy/suggest-kind/name.ts';
import type { Finding } from './classify.ts';
import { normalCode, type PatternSet } from './compile.ts';

const done = /\balready (?:been )?([a-z]{4,20}ed|withdrawn|gone)\b/i;
/** Words that mean the same thing begin alike; these do not. */
const synonyms: Readonly<Record<string, string>> = {
  remo: 'dele',
  gone: 'dele',
  dest: 'dele',
  purg: 'dele',
  with: 'revo',
};

const stem = (word: string): string => {
  const start = word.slice(0, 4).toLowerCase();
  return synonyms[start] ?? start;
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
  if (participle === undefined || !wordsOf(tool).some((word) => stem(word) === stem(participle))) return found;
  const entry = sets.at(-1)?.byCode.get(normalCode('AlreadyExists'))?.[0];
  return entry === undefined ? found : { ...found, entry, rule: entry.pattern.id };
};
