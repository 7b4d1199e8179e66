import { alsoVerbs, deedVerbs } from './deeds.ts';
import { doneWords } from './effect.ts';
import { otherLanguages } from './languages.ts';
import { partsOf, stem, wordExpression, wordsOf } from './parts.ts';
import { isDenied, isParticiple } from './steps.ts';
import { english, libraries } from './words.ts';

/** Words of order, of progress and of contrast that no other list has: what stands with them may come after an effect. */
const ofOrder: ReadonlySet<string> = new Set(
  wordsOf(`despite whereas meanwhile meantime whereupon upon amid amidst beyond subsequent otherwise apart aside plus alongside along
  together underway midway halfway partway midstream downstream thus hence overall altogether somewhat leftover instead
  nonetheless nevertheless regardless regard onward onwards henceforth ahead behind beforehand upfront fresh today yesterday
  tonight succeeds processes becomes became stays remains ran ends began begun shown sees seen saw shows holds sat takes gives
  keeps moves lands lets hits equals costs weighs owes owed`),
);

/** Words that only a report in another language has. */
const foreign: ReadonlySet<string> = (() => {
  const ours = new Set([english, libraries].flatMap(wordsOf));
  return new Set(wordsOf(otherLanguages).filter((word) => word.length > 1 && !ours.has(word)));
})();

/** Verbs of deeds, and what is made by them. */
const deeds: ReadonlySet<string> = new Set([...deedVerbs, ...alsoVerbs].map(stem));

/** How many words a report may have that are not known. */
const maxUnknown = 3;

/** What was not done comes next: it has to be known. */
const notDone =
  /(?:\b(?:unable|failed|failure|able|trying|attempt|attempting) to|(?:could|can|did|does|was|were|is|has|have)(?: ?not|n['’]t)|cannot|while|when|during|error|failed|after|before)(?: \p{L}{2,20}){0,3} $/iu;

/** What failed was an operation of this name, not the connection to a place of this name: it has to be known. */
const isOperation =
  /^[\w-]*(?: \p{L}{2,20}){0,2} (?:failed|fails|failure|failing|error|errored|(?:refused|rejected|denied|aborted)(?=:))(?![\p{L}-])/u;

/** Whether a text is in English, as far as is known. */
const isEnglish = (text: string): boolean =>
  !/[^\p{ASCII}\p{P}\p{S}\p{Z}]/u.test(text) &&
  ![...text.matchAll(wordExpression)].some(([word]) => foreign.has(word.toLowerCase()));

/** Whether a word that no list has can be a name: nothing by which a text would tell of an effect. */
const isNeutral = (word: string): boolean =>
  /^(?:[A-Z]?[a-z]{3,20}|[A-Z][a-z]{1,20}(?:[A-Z][a-z]{1,20}){1,4})$/.test(word) &&
  partsOf(word).every(
    (part) =>
      !isDenied(part) &&
      !isParticiple(part) &&
      !doneWords.test(part) &&
      !ofOrder.has(part) &&
      !deeds.has(stem(part)) &&
      !/(?:ly|ing)$/.test(part),
  );

/**
 * Counts the words of a report that no list has: a few of them may name a service, a program or a thing of its own. The clauses that they
 * are in have to tell of a failure all the same.
 */
export class OpenWords {
  readonly #text: string;
  #left: number | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether the word at this place may be one of them. */
  take(word: string, at: number): boolean {
    this.#left ??= isEnglish(this.#text) ? maxUnknown : 0;
    if (this.#left <= 0 || !isNeutral(word)) return false;
    if (notDone.test(this.#text.slice(Math.max(0, at - 80), at)) || isOperation.test(this.#text.slice(at, at + 120)))
      return false;
    this.#left -= 1;
    return true;
  }
}
