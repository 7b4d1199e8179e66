import { isRecord } from '../../text/is-record.ts';

/** Asks the server for one page of a list; resolves with the result, undefined if there is none. */
export type FetchPage = (method: string, cursor: string | undefined) => Promise<unknown>;

/** A list of more pages is taken for one that never ends. */
const maxPages = 1_000;

/**
 * Reads a list page by page and hands each page to `take`. Resolves with whether it was read to its end; a server that
 * refuses a page, or that turns in a circle, ends it early.
 */
export const readAllPages = async (
  method: string,
  ask: FetchPage,
  take: (result: unknown, isFirstPage: boolean) => void,
): Promise<boolean> => {
  const seen = new Set<string | undefined>();
  let cursor: string | undefined;
  while (seen.size < maxPages && !seen.has(cursor)) {
    const result = await ask(method, cursor);
    if (!isRecord(result)) return false;
    take(result, seen.size === 0);
    seen.add(cursor);
    if (typeof result.nextCursor !== 'string') return true;
    cursor = result.nextCursor;
  }
  return false;
};
