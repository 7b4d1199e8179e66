import { candidates } from '../prefilter.ts';
import { isSequence, partsOf, stem } from './parts.ts';

/** Verbs by which the steps of a tool are named that change something. */
const verbs =
  'add approve archive assign attach book build buy cancel charge clone commit copy create delete deploy detach disable dispatch emit enable enqueue enroll ' +
  'execute export generate grant import index insert install invite issue lock merge migrate move notify order pay persist place post provision publish ' +
  'purchase push put refund register release remove rename replace reserve reset restart restore revoke rotate run save scale schedule send ship sign ' +
  'store submit subscribe tag transfer trigger unlock update upload write';
/** Verbs that say so only in the names of functions. */
const furtherVerbs =
  'apply bind change close configure expire join link mark open provide refresh renew set start stop supply switch sync';

const listed = (words: string): string => words.split(' ').join('|');
const anyVerb = listed(verbs);
const anyName = listed(`${verbs} ${furtherVerbs}`);
const stems = verbs.split(' ').map(stem).join('|');
/** Some double their last letter. */
const gerunds = `(?:${stems}|committ|putt|resett|runn|shipp|tagg)ing`;
const participles = `(?:${stems}|committ|shipp|tagg)e?d|(?:appl|cop|notif)ied|bought|built|paid|put|reset|run|sent|written|wrote`;

/** What is sent, run or made on the way to a service with every call. */
const ofAnyCall =
  /^(?:https?|rpc|api|grpc|graphql|get|post|put|patch|delete|tools?|requests?|commands?|calls?|operation|function|method|statement|code|script|system|data|goal|state|connections?|clients?|sessions?|sockets?|channel|transport|tunnel|pool|stream|handshake|tokens?|credentials?|identity|signature|jwt|authentication|authorization|login)$/;

/** The same in the name of a function: `expireSession` ends something. */
const ofAnyFunction = /^(?:tool|request|command|call|connection|client|tokens?|credentials?)$/;

const object = '(?:(?:the|an?|your) )?([\\w-]+)(?: ([\\w-]+))?';

/** Steps that failed, as reports name them: the verb if it is said, and what was to be changed. */
const namedSteps: readonly RegExp[] = [
  new RegExp(`\\b(?:(?:failed|unable) to|(?:could|can|did)(?: ?not|n't)) (${anyVerb}) ${object}`, 'gi'),
  new RegExp(`\\b(?:errors?|failed|failure|problem)(?: (?:while|when|during|in|at))? (${gerunds}) ${object}`, 'gi'),
  new RegExp(`^(?:\\W{0,3}error: )?([A-Z]\\w+)(?: (\\w+))? (?:was |were )?not (?:${participles})\\b`, 'gim'),
];

/** Functions that failed. */
const functions = new RegExp(
  `(?<![\\w./-])(${anyName})(?:_|(?=[A-Z]))(\\w+)(?=(?:\\(\\))?(?::| failed\\b| error\\b| rejected\\b| refused\\b))`,
  'g',
);

/** Steps and functions that failed. */
export const failedSteps: readonly RegExp[] = [functions, ...namedSteps];

const isSame = (one: string, other: string): boolean =>
  one.length > 2 && other.length > 2 && (one.startsWith(other.slice(0, 5)) || other.startsWith(one.slice(0, 5)));

/** The operation of a cloud's service that was called. */
const operation = /\bwhen calling the (\w{3,60}) operation\b|\boperation error [\w ]{1,40}: (\w{3,60}),/g;

/** Operations that follow others: a queue's message is deleted after it was handled, an upload completed after its parts. */
const follows = new Set(
  'complete abort commit delete tag untag release confirm acknowledge ack notify change finalize'.split(' '),
);

/** Finds the call of an operation that follows another, unless the tool is called after it; its place, or -1. */
const laterOperationAt = (text: string, own: readonly string[]): number => {
  for (const match of text.matchAll(operation)) {
    const [verb = ''] = partsOf(match[1] ?? match[2] ?? '');
    const isOwn = own.some(
      (part) => isSame(part, verb) || (verb === 'delete' && /^(?:remove|rm|rb|drop|purge|destroy)$/.test(part)),
    );
    if (follows.has(verb) && !isOwn) return match.index;
  }
  return -1;
};

/**
 * Finds where a report names a step that failed and that is not what the tool is called after, such as `reset_password:` of
 * `create_user`: another step may have been taken before. -1 if there is none.
 */
export const otherDeedAt = (text: string, tool: string): number => {
  const parts = partsOf(tool);
  const later = laterOperationAt(text, parts);
  if (later !== -1) return later;
  // The first of several steps is what the tool begins with.
  const own = isSequence(tool) ? parts.slice(0, 2) : parts;
  for (const step of candidates('failedSteps', failedSteps, text)) {
    const ofAny = step === functions ? ofAnyFunction : ofAnyCall;
    for (const match of text.matchAll(step)) {
      const words = match.slice(1).flatMap((word) => partsOf(word ?? ''));
      if (words.slice(1).some((word) => ofAny.test(word))) continue;
      if (!words.some((word) => own.some((part) => isSame(word, part)))) return match.index;
    }
  }
  return -1;
};
