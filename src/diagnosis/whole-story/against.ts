import { candidates } from '../prefilter.ts';
import { inflictedBy } from './inflicted.ts';
import { partsOf } from './parts.ts';

const call =
  '(?:requests?|calls?|operations?|commands?|quer(?:y|ies)|messages?|execution|processing|transfer|upload|download|transaction|session)';

/** What a plain failure report never says, whatever the words are that stand around it. */
export const against: readonly RegExp[] = [
  // Marks of success and of progress, and letters that are drawn.
  /[✅✔✓☑👍👌🎉🆗🟢🟩💚⭕█▓▰◼■\u24b6-\u24e9\u{1f100}-\u{1f1ff}]|^[ \t]*\+ [\w.@/-]{1,40}(?: [\w.@/-]{1,20}){0,2}$|^[ \t]*\+[ \t]*$|\(\+\)|\[\+\]|\[[x*]\] /mu,
  // Some of several.
  /(?:\d{1,3}\.){3}\d{1,3}[ ,]{1,3}(?:\d{1,3}\.){3}\d{1,3}/,
  new RegExp(
    String.raw`\b(?:a few|a couple|few|some|several|a number|not (?:many|all)|most|half)(?: of)?(?: the| your)? ${call} (?:failed|fail|were|was|are|could|got|have|had)\b`,
    'i',
  ),
  // It was under way.
  new RegExp(
    String.raw`\bduring (?:the |this |your )?(?:${call}|run)\b|\b(?:expired|aborted|lost|closed|reached|exceeded|interrupted|dropped|cancell?ed|revoked)\b[^.\n]{0,20} (?:while|midway|halfway|in the middle|partway)\b`,
    'i',
  ),
  /\b(?:connection|request|operation|execution|stream|transaction|session|call|transfer) (?:was |has been |is |got )?aborted\b|\b(?:operation|execution|stream|request) abort\b/i,
  /\b(?:mid|half|part)-?way\b/i,
  // What the call has made or started is not there yet.
  /\b(?:new|fresh|newly \w{3,15}|just \w{3,15}) (?:\w{2,15} )?(?:pods?|instances?|machines?|vms?|nodes?|servers?|hosts?|containers?|endpoints?|replicas?|versions?|deployments?|urls?)\b/i,
  // It was not the first time.
  /\b(?:re-?try|re-?connect(?:ion)?|re-?connecting|re-?send|second (?:try|attempt))\b(?: (?:was|were|has|attempts?|also|again|too|to \S{1,60}))*(?: (?:failed|fails|refused|rejected|denied|exceeded|limit)\b|: (?!after|in\b|\d|true|[A-Z][\w-]*: ))/i,
  // It must not be repeated.
  /\b(?:no|not|non|never|don['’]?t|cannot|can['’]?t|needn['’]?t|without)[ -](?:\w{1,10} ){0,3}(?:re-?tr(?:y|ied|ies|ying|yable)|try (?:it |this )?again|repeat\w*|resend|resubmit|resent|new|required again|needed again)\b/i,
  /["']?retryable["']?\s?[:=]\s?["']?(?:false|no)\b/i,
  // There was no failure.
  /\b(?:no|not an?|without(?: any)?|zero|0) (?:errors?|problems?|failures?|issues?|faults?)\b(?! (?:message|detail|description|code|information|text|body))/i,
  /\b(?:exit(?:ed)?(?: with)?(?: (?:status|code))?|(?<!error )code|status|rc|errno)[ :=]{1,3}0(?![\w.])/i,
];

/** Places and addresses that stand alone before a rejected request are what the call has made. */
const made =
  /^(?:\W{0,6}(?:\d{1,3}(?:\.\d{1,3}){3}|(?!\S{0,200}(?:[Ee]rror|[Ee]xception|[Ee]xc|client|api)\b)[a-z][\w-]{0,60}(?:\.[a-z][\w-]{0,60}){1,5}):? {0,2}(?=40[13]\b|429\b|unauth|token|rate|too many|session|forbidden)|\W{0,4}[([]?(?!\d\d:\d\d|4\d\d\b|503|53\d|39\d{4}|25\d{4})\d{1,12}[)\]]?(?::| (?=connect)))/;

/** Verbs of the way to a service, and of what only reads. */
const ways =
  /^(?:connect\w*|reconnect|reach|contact|resolve|authenticate|authori[sz]e|re-?auth\w*|log|login|sign|establish|obtain|get|fetch|retrieve|access|find|locate|look|lookup|dial|ping|communicate|talk|translate|validate|verify|load|read|acquire|initiali[sz]e|negotiate|be|been|found|accept|process|service|handle|determine|detect|identify|proceed|continue|use|parse|decode|decrypt|recogni[sz]e|list|check|allocate|respond|recover|stat|assign|send|receive|transfer|download|pull|push|request|call|invoke|query|submit|prompt|perform|complete)$/;

/** Verbs that belong to the way only with what follows. */
const withObject =
  /^ {1,60}(?:(?:the|your|our|an?|new|network|tcp|secure|database|access|auth|oauth2?|oidc|sso|api|cached|id|current|bearer|security|aws|azure|google|ssl|tls|http|mcp) )*(?:connections?|sessions?|sockets?|client|channel|transport|tunnel|pool|tokens?|credentials?|identity|signature|jwt|authentication|authorization|tool|command|request|call|operation|handshake|login|link|stream)\b/i;

const makes = /^(?:open|create|make|start|build|set|execute|run|invoke)$/;
const renews = /^(?:refresh|renew|generate|issue|mint|exchange|update|sign)$/;
const ofLogin =
  /^ {1,60}(?:(?:the|your|our|an?|new|access|auth|oauth2?|oidc|sso|api|cached|id|current|bearer|security|aws|azure|google|session) )*(?:tokens?|credentials?|identity|signature|jwt|authentication|authorization|login)\b/i;

const notDone =
  /\b(?:failed to|could not|couldn['’]t|cannot|can['’]t|unable to|did not|didn['’]t) (?:(?:be|get|automatically|currently) )?([a-z]{2,20})\b/gi;

/** Finds something that was not done and that is neither the call nor the way to its service; its place, or -1. Pure. */
export const otherStepAt = (rest: string): number => {
  for (const match of rest.matchAll(notDone)) {
    const verb = (match[1] ?? '').toLowerCase();
    if ([verb, verb.replace(/d$/, ''), verb.replace(/ed$/, '')].some((form) => ways.test(form))) continue;
    const object = makes.test(verb) ? withObject : renews.test(verb) ? ofLogin : null;
    const from = match.index + match[0].length;
    if (object?.test(rest.slice(from, from + 120))) continue;
    return match.index;
  }
  return -1;
};

/** Tools that work on several machines or things, and what names one of them. */
const several = /^(?:cluster|batch|bulk|multi|fleet|nodes|hosts|servers|group|many|all|playbook|farm|everywhere)$/;
const oneOf =
  /^\W{0,6}(?:(?:node|host|server|machine|target|member) )?(?:(?:\d{1,3}\.){3}\d{1,3}|[\w-]{1,60}(?:\.[\w-]{1,60}){1,5})(?::\d{1,5})?(?::? (?:is )?(?:unreachable|refused|connection|\[|not)|: )/i;

/** Finds what speaks against a failure being the whole story; its place, or -1. Pure. */
export const againstAt = (text: string, tool: string): number => {
  const parts = partsOf(tool);
  const own = inflictedBy(parts);
  for (const expression of [
    ...candidates('against', against, text),
    made,
    ...own,
    ...(parts.some((part) => several.test(part)) ? [oneOf] : []),
  ]) {
    const at = text.search(expression);
    if (at !== -1) return at;
  }
  return -1;
};
