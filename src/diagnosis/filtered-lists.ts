import { allStatements } from './languages/expressions.ts';
import type { ListName } from './prefilter.ts';
import { prefixes, wrappers } from './prefixes.ts';
import { productPlaces } from './product-codes.ts';
import { openings, softOpenings } from './report.ts';
import { codePlaces, statusPlaces } from './text-facts.ts';
import { against } from './whole-story/against.ts';
import { blanks, limits, properties } from './whole-story/blanks.ts';
import { clientFrames, envelopes } from './whole-story/clients.ts';
import { frames } from './whole-story/frames.ts';
import { phrases } from './whole-story/languages.ts';
import { failedSteps } from './whole-story/other-deed.ts';
import { sentences } from './whole-story/peers.ts';
import { failurePhrases } from './whole-story/vocabulary.ts';

/** The lists of expressions for which the build finds out what a text has to hold. */
export const filteredLists = (): Readonly<Record<ListName, readonly RegExp[]>> => ({
  against,
  blanks,
  clientFrames,
  codePlaces,
  envelopes,
  failedSteps,
  failurePhrases,
  frames,
  limits,
  openings,
  phrases,
  prefixes,
  productPlaces: productPlaces.map(([place]) => place),
  properties,
  sentences,
  softOpenings,
  statements: allStatements(),
  statusPlaces,
  wrappers,
});
