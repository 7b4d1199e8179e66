import { baseForms, plainEffect, possibleEffect, readStarts, readVerbs } from './verbs.ts';

/** What the description of a tool says. */
export interface DescriptionReading {
  /** The verb that it begins with, if it is one of reading. */
  readonly read: string | undefined;
  /** The words that say that the tool changes something. */
  readonly write: string | undefined;
  /** The words that say that it changes nothing. */
  readonly readOnly: string | undefined;
  /** Whether it begins with a query that is run. */
  readonly queries: boolean;
  /** Whether what it runs only reads, as in "run a find query". */
  readonly runsReading: boolean;
}

/** Maximum length of a description that is looked at. */
const maxLength = 8_000;

const readOnlyWords =
  /(?<!\b(?:not|non|unless|when|if|except|in)\b[^.\n]{0,24})\bread[- ]only\b(?! (?:mode|flag|token|access|replica|field))|\b(?:does not|doesn't|never) (?:modify|change|write|alter|mutate)|\bnothing is changed|\bwithout (?:modifying|changing|executing|applying)|\bonly (?:reading|select) (?:statements|queries)/i;

/** A section about parameters or results, in which verbs are not those of the tool. */
const sections =
  /^\s*(?:#+\s*)?\**(?:args?|arguments|parameters?|params|inputs?|returns?|outputs?|raises|examples?|usage example)\**\s*:\**\s*$/im;

const determiners = new Set(
  'a an the this that these it them its their all new one your any each every multiple several existing another some'.split(
    ' ',
  ),
);
const clauseStarts = new Set([
  'and',
  'or',
  'then',
  'also',
  'will',
  'optionally',
  'automatically',
  'it',
  'tool',
  '/',
  ',',
  ';',
  '-',
  ':',
  '(',
  '&',
]);
const negations = new Set(['not', 'never', 'without', 'no', 'nothing', 'cannot', "doesn't", "don't", "won't", 'nor']);
/** Advice about other tools and parameters, in a later sentence. */
const advice =
  /\b(?:instead|before|after|prior|call|first|you|e\.g|example|for example|useful|helpful|allows? you|use(?! (?:this|it)(?: \w+)? to\b)|(?:the )?user (?:asks|wants|requests|needs))\b/i;
const purposes = new Set([
  'needed',
  'required',
  'necessary',
  'how',
  'used',
  'order',
  'able',
  'ready',
  'want',
  'wants',
  'allowed',
  'permission',
  'permitted',
  'want',
  'trying',
]);
/** What the model is told to do with the parameters. */
const orders = new Set(['set', 'run', 'call', 'use', 'note', 'request', 'select', 'start', 'put', 'open']);

/** A heading before the first sentence, as in "START HERE for logs: List ...". */
const label = /^(?:[A-Z][A-Z ]{2,}(?: for [\w ]{1,30})?|[\w ]{1,24}):\s+/;

/** An order to the model at the start: what it is told to call is not what the tool does. */
const order = /^(?:call|use|run)s? (?:this|it|after|before|when|first|for)\b(?!(?: \w+)? to\b)/i;

const tokensOf = (sentence: string): readonly string[] =>
  sentence.toLowerCase().match(/[a-z][a-z'-]*(?:\.[a-z]+)*|[/,;:&(-]/g) ?? [];

const isNegated = (tokens: readonly string[], at: number): boolean =>
  tokens.slice(Math.max(0, at - 3), at).some((token) => negations.has(token));

const effectOf = (token: string, find: typeof plainEffect): boolean =>
  !token.endsWith('ing') && baseForms(token).some((form) => find(form) !== undefined);

const gerundEffect = (token: string): boolean =>
  token.endsWith('ing') && baseForms(token).some((form) => plainEffect(form) !== undefined);

/** The token of a sentence that says that the tool changes something. */
const writeIn = (sentence: string, isFirst: boolean): string | undefined => {
  if (isFirst ? order.test(sentence) : advice.test(sentence)) return undefined;
  const tokens = tokensOf(sentence);
  const found = tokens.findIndex((token, at) => {
    if (isNegated(tokens, at)) return false;
    const before = tokens[at - 1];
    const startsClause = before === undefined || clauseStarts.has(before);
    const purpose = before === 'to' ? purposes.has(tokens[at - 2] ?? '') : false;
    const isVerbPlace = startsClause || (before === 'to' && !purpose);
    if (effectOf(token, plainEffect)) return isFirst ? !purpose && !isNounPlace(before) : startsClause;
    if (gerundEffect(token))
      return isFirst && (at === 0 || ((before === ',' || before === 'and') && !hasGerundBefore(tokens, at)));
    if (!effectOf(token, possibleEffect)) return false;
    if (at === 0) return !isReadWord(token) && (isFirst || (!orders.has(token) && determiners.has(tokens[1] ?? '')));
    return isVerbPlace && determiners.has(tokens[at + 1] ?? '') && (isFirst || !orders.has(token));
  });
  return found === -1 ? undefined : tokens[found];
};

const isReadWord = (word: string): boolean => readVerbs.has(word) || readStarts.has(word);

const hasGerundBefore = (tokens: readonly string[], at: number): boolean =>
  tokens
    .slice(0, at)
    .some((token, index) => token.endsWith('ing') && index < at && gerundEffect(token) === false && token.length > 6);

/** After a determiner or a preposition a verb is a noun, as in "the install" and "of writes". */
const isNounPlace = (before: string | undefined): boolean =>
  before !== undefined &&
  ['a', 'an', 'the', 'of', 'for', 'by', 'per', 'each', 'in', 'with', 'from', 'show', 'no', "'s"].includes(before);

/** Reads the description of a tool. */
export const readDescription = (description: string): DescriptionReading => {
  const whole = description
    .slice(0, maxLength)
    .replace(/```[\s\S]*?```|`[^`\n]*`|"[^"\n]{0,80}"|https?:\/\/\S+|\b\w+_\w+\b/g, ' thing ');
  const readOnly = readOnlyWords.exec(whole)?.[0];
  const text = whole.split(sections)[0] ?? '';
  const sentences = text.split(/[.!?](?=\s|$)|\n\s*\n|\n\s*[-*•]\s|\n(?=\s*[A-Z])/).map((sentence) => sentence.trim());
  const told = sentences.map((sentence) => sentence.replace(label, '')).filter((sentence) => /[a-z]/i.test(sentence));
  const write = told.map((sentence, at) => writeIn(sentence, at === 0)).find((word) => word !== undefined);
  const first = told.find((sentence) => !order.test(sentence)) ?? '';
  const queries = /^(?:\w+ ){0,2}(?:run|execute|perform|quer)\w*\b.*\bquer(?:y|ies)\b|^quer(?:y|ies)\b/i.test(first);
  const runsReading = /^(?:run|execute)s? (?:an? )?(?:find|search|select|read|count|list)\b/i.test(first);
  return { read: leadOf(first), write, readOnly, queries, runsReading };
};

const fillers = new Set([
  'this',
  'tool',
  'a',
  'the',
  'to',
  'use',
  'quickly',
  'efficiently',
  'safely',
  'easily',
  'thing',
  'can',
]);

const leadOf = (sentence: string): string | undefined => {
  const tokens = tokensOf(sentence);
  const lead = tokens.find((token) => !fillers.has(token));
  return lead !== undefined && isReadWord(lead) ? lead : undefined;
};
