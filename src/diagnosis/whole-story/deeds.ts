import { partsOf } from './parts.ts';

/** Verbs of tool names that have an effect: a tool with two of them does one after the other. */
export const deedVerbs: ReadonlySet<string> = new Set(
  `create add make update edit delete remove invite upload publish deploy release book reserve pay charge refund send emit post place submit
  commit push merge build ship insert save store write register enroll activate assign notify dispatch cancel sign approve buy purchase
  transfer issue provision install migrate execute generate import`.split(/\s+/),
);

/** Names of things that are verbs as well. */
export const alsoVerbs: ReadonlySet<string> = new Set(
  'invoice order email mail message ticket bill charge payment tag label comment'.split(' '),
);

/** Things of a business that are made one after the other: `create_order_invoice` may make both. */
const madeInTurn = /^(?:order|invoice|bill|charge|payment|booking|shipment|refund|receipt)$/;

/** What tools make, change or take away, though its name is a verb as well: `create_issue` does one thing. */
const things =
  /^(?:issue|release|commit|build|store|import|post|invite|charge|register|order|invoice|email|mail|message|ticket|bill|payment|tag|label|comment|merge)$/;
const worksOnThings =
  /^(?:create|add|make|update|edit|delete|remove|cancel|approve|assign|send|sign|publish|submit|insert|save)$/;

/** The verbs of a tool's name that have an effect; what such a verb works on is none, though its name is a verb as well. */
export const deedsOf = (tool: string): readonly string[] => {
  const verbs = partsOf(tool).filter((part) => deedVerbs.has(part));
  return verbs.some((verb) => worksOnThings.test(verb)) ? verbs.filter((verb) => !things.test(verb)) : verbs;
};

/** Those but the first: such a step comes after an effect. */
export const laterDeeds = (tool: string): readonly string[] => deedsOf(tool).slice(1);

/** Whether words name the later of two things that the tool may make, and not the first. */
export const namesLaterThing = (words: readonly string[], tool: string): boolean => {
  const made = partsOf(tool).filter((part) => madeInTurn.test(part));
  if (made.length < 2) return false;
  const things = words.flatMap(partsOf).map((word) => word.replace(/s$/, ''));
  return made.some((one) => things.includes(one)) && !things.includes(made[0] ?? '');
};
