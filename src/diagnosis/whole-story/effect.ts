import { isDone } from '../languages/operations.ts';
import { againstAt } from './against.ts';
import { partsOf, stem, wordExpression } from './parts.ts';
import { isParticiple } from './steps.ts';

/** Words other than participles by which a text says that something was done. */
export const doneWords =
  /^(?:sent|made|paid|built|wrote|written|sold|bought|went|done|ok|success|successful|successfully|succeeded|complete|completed|completes|partial|partially|already|exists|through|besides|afterwards)$/;

const page = /^\s*(?:<\?xml|<!doctype|<[a-z]+[ >])/i;

/** What is read of a body. */
const maxChars = 8_000;

/**
 * Whether the body of a response that turned a request away says all the same that something was done, such as `order 12 created, but
 * the session has expired`. A page says nothing: its words are those of a gateway. Pure.
 */
export const tellsOfEffect = (whole: string, tool: string): boolean => {
  if (page.test(whole)) return false;
  const body = whole.slice(0, maxChars);
  if (againstAt(body, tool) !== -1) return true;
  const own = new Set(
    partsOf(tool)
      .filter((part) => part.length > 2)
      .map(stem),
  );
  for (const [word] of body.matchAll(wordExpression)) {
    for (const part of partsOf(word)) {
      if (doneWords.test(part) || isParticiple(part) || isDone(part)) return true;
      if (/(?:ed|en|t)$/.test(part) && own.has(stem(part))) return true;
    }
  }
  return false;
};
