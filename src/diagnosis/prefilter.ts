import { meets, type Need } from './pieces.ts';

/** The lists of expressions that are tried one after the other; `filtered-lists.ts` has them. */
export type ListName =
  | 'against'
  | 'blanks'
  | 'clientFrames'
  | 'codePlaces'
  | 'envelopes'
  | 'failedSteps'
  | 'failurePhrases'
  | 'frames'
  | 'limits'
  | 'openings'
  | 'phrases'
  | 'prefixes'
  | 'productPlaces'
  | 'properties'
  | 'sentences'
  | 'softOpenings'
  | 'statements'
  | 'statusPlaces'
  | 'wrappers';

/** What a text has to hold so that an expression of a list may match it, expression by expression. */
export type Prefilter = Readonly<Record<ListName, readonly (Need | null)[]>>;

let known: Prefilter | null = null;

/**
 * Puts to use what the build found out about the expressions, so that most of them are never compiled: trying all takes a process
 * 100 ms at first. Without it every expression is tried, with the same result.
 */
export const usePrefilter = (prefilter: Prefilter): void => {
  known = prefilter;
};

/** Those expressions of a list that may match a text, or the text after parts of it were blanked. */
export const candidates = <T>(name: ListName, list: readonly T[], text: string): readonly T[] => {
  const needs = known?.[name];
  return needs === undefined
    ? list
    : list.filter((_, at) => {
        const need = needs[at] ?? null;
        return need === null || meets(text, need);
      });
};
