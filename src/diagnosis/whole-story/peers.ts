import { candidates } from '../prefilter.ts';
import { exceptionClass } from './blanks.ts';
import { laterDeeds } from './deeds.ts';
import { isSequence, partsOf, stem } from './parts.ts';
import { isDenied, isParticiple, tellsOfStep } from './steps.ts';
import { labels, partialWords, plainWords, transportWords } from './words.ts';
import { isAside } from './wrappers.ts';

/** A host, service or device, as reports name it: up to four words. */
const noun = String.raw`(?!(?:at|on|via|port|because|due|is|was|are|were|for|with|using|from|over|after|right|failed|refused|rejected|as|since|in|to|by|and|or|not|but|then|while|when|has|could|cannot|can)\b)[\p{L}][\p{L}\p{M}\p{N}_'-]{0,30}`;
const peer = String.raw`(?:(?:the|your|our|its|this|a|an) )?(["'\x60]?${noun}(?:[ /.]${noun}){0,3}["'\x60]?)`;
const next = String.raw`(?=\s*(?:[.:;,!?()[\]\n]|$|(?:because|due to|since|as|at|on|via|port|with|using|from|over|after|for|right|is|was|failed|refused|is not|timed)\b|[-–—→]))`;
const before = String.raw`(?<![\p{L}\p{M}\p{N}_/@.-])`;

/** Sentences that say only that no connection was made or that a login was not accepted, whatever the other side is called. */
export const sentences: readonly RegExp[] = [
  // Cannot connect to the broker
  String.raw`${before}(?:(?:could|can|did)(?: ?not|n['’]?t)|cannot|can['’]t|unable to|not able to|failed to|failure to|failing to|fail|error|failed|while|problem|was unable to|were unable to|trying to) (?:connect(?:ing)?(?: (?:to|with))?|reach(?:ing)?|contact(?:ing)?|dial(?:ing|ling)?|talk(?:ing)? to|open(?:ing)? (?:a |the )?(?:tcp )?(?:connection|socket|session|channel|tunnel|link)(?: (?:to|with))|(?:establish|make|create|get|obtain)(?:ing)? (?:a |the )?(?:network |tcp |new |database )?(?:connection|session|link)(?: (?:to|with))|log(?:ging)? ?(?:in|on)(?: ?to| at| with)?|sign(?:ing)? in(?: ?to| at)|authenticat(?:e|ing)(?: (?:to|with|against|at))|authoriz(?:e|ing)(?: (?:with|at))|resolv(?:e|ing)(?: (?:the )?(?:host ?name|host|name|address)(?: (?:of|for))?)?|look(?:ing)? up(?: (?:the )?(?:host|address|name)(?: (?:of|for))?)?|find(?:ing)? (?:the )?(?:host|server|address|route)(?: (?:of|for|to))?|ping(?:ing)?) ${peer}${next}`,
  // No route to the gateway; connection to the broker refused
  String.raw`${before}(?:no (?:network )?(?:route|path|connection|link|access) to|(?:connection|connections|connecting|connect|connection attempt|login|logon|log-in|sign-in|session|socket|authentication|tcp connection) (?:to|with|at|by|against|for|from)) ${peer}(?=\s*(?:[.:;,!?()\n]|$|(?:was |were |is |has been |got |being |could not |cannot |has )?(?:refused|rejected|denied|failed|refuse|timed out|not|be|found|via|because|due|over|port|on|at)\b|[-–—→]))`,
  // Refused by the broker
  String.raw`${before}(?:(?:connection|login|logon|token|credentials?|key|password|request|session|authentication|access|certificate|handshake|signature) )(?:(?:was|were|is|has been|got|have been) )?(?:refused|rejected|denied|not accepted|declined|turned down|throttled|not recognized|not recognised|unknown|rate limited|rate-limited) (?:by|at|to) ${peer}${next}`,
  // The broker is unreachable; the broker refused the connection; the broker rejected our token
  String.raw`${before}${peer}(?= {1,60}(?:(?:is|was|seems|appears|looks|seems to be|appears to be|remains) )?(?:(?:currently|temporarily|now|still) )?(?:(?:un|not )reachable|unavailable$|not listening|not responding to connections|(?:can ?not|can['’]t|could ?not|couldn['’]t) be (?:reached|contacted|resolved|found in dns)|refus(?:es|ed|ing) (?:the |our |your |a |any |all |new |this |tcp |further )?(?:connections?|login|logon|credentials?|token|key|password|session|access token|api key|handshake|socket)|(?:has )?(?:rejected|rejects|denied|denies|declined|turned down|did not accept|does not accept|doesn['’]t accept|didn['’]t accept|would not accept|did not recogni[sz]e|does not recogni[sz]e|does not know|no longer accepts|not accepting) (?:the |our |your |this |any |these |that )?(?:tcp |new |supplied |given |provided |configured |stored |current |access |api |bearer |service |user |client )?(?:connections?|login|logon|log-in|sign-in|credentials?|token|key|password|session|passphrase|user|account|secret|certificate|cookie|ticket|signature)|(?:requires|required|needs|wants|expects|demands|asks for|asked for) (?:a |an |you to )?(?:new |valid |fresh )?(?:login|log in|sign-in|authentication|re-?authentication|token|credentials?|authenticate|password|session)|(?:login|logon|authentication|sign-in|session|token|credentials?|api key|access token|password|connection|key) (?:is |was |has |has been |have |are |were )?(?:refused|rejected|denied|failed|expired|invalid|incorrect|wrong|revoked|not accepted|not valid|required|missing|could not be (?:established|opened|made))|(?:rate limit|request limit|api limit|rate limits|quota) (?:(?:was|is|has been) )?(?:exceeded|reached|hit)|is (?:rate[ -]?limiting|throttling|limiting|overloaded|too busy)|(?:throttled|rate[ -]limited) (?:us|you|the|this|our|your)))`,
].map((source) => new RegExp(source, 'giu'));

/** What is reached over a network. */
const machines =
  /^(?:servers?|services?|api|host|hosts|gateway|broker|cluster|database|db|backend|endpoint|node|proxy|registry|daemon|system|instance|controller)$/;

/** The words of the tool's own name, and those that can be the name of a service or a library. */
const namer = (tool: string): { isOwn: (word: string) => boolean; isName: (word: string) => boolean } => {
  // What one of several steps is called tells which of them failed.
  const parts = isSequence(tool) ? [] : partsOf(tool);
  const own = new Set(parts.flatMap((part) => [part, stem(part), `${part}s`]));
  const long = parts.filter((part) => part.length > 2 && !isDenied(part) && !plainWords.has(part));
  const isOwn = (word: string): boolean =>
    own.has(word) ||
    (own.has(stem(word)) && !isParticiple(word)) ||
    long.some((part) => (part.length > 3 ? word.includes(part) : word.startsWith(part)));
  return { isOwn, isName: (word) => isOwn(word) || !isDenied(word) };
};

/** Blanks the name of the other side in what says only that it could not be reached or that it did not accept a login. */
export const withoutPeers = (text: string, tool: string, blank: (match: string) => string): string => {
  const { isOwn } = namer(tool);
  let rest = text;
  for (const sentence of candidates('sentences', sentences, text)) {
    rest = rest.replace(sentence, (match, name: string) => {
      const words = name.split(/[ /.]/).flatMap(partsOf);
      const last = words.at(-1) ?? '';
      const mayBeOwn = words.length === 1 || machines.test(last);
      return words.every((word) => !isDenied(word) || machines.test(word) || (mayBeOwn && isOwn(word)))
        ? match.replace(name, blank)
        : match;
    });
  }
  return rest;
};

/** What a program puts before its message: its name, with or without a word for failure. */
const ownLabel =
  /(?<=^|\n)([ \t\ue001>*•!│|-]{0,60}(?:(?:ERROR|Error|error|FATAL|fatal|WARN|WARNING)[: ]{1,60})?)([\p{L}][\p{L}\p{N}_.@/-]{1,40})((?: (?:client|server|api|API|driver|HTTP|http|SDK|sdk|CLI|cli|connection|auth|request|service|RPC))?(?: (?:error|Error|ERROR|failed|failure|exception|Exception|fault))?)(?= ?[:([–—]| {3})/gu;

/** A namespace of a client. */
const ofClient =
  /^\w{1,30}(?:\.\w{1,30}){0,4}\.(?:cli|client|api|core|https?|net|rpc|sdk|driver|transport|auth|connector|errors?|exceptions?)$/i;

const failureAhead =
  /^ ?[:–—-] ?(?:\(?\d{1,6}\)?:? )?(?:error|fatal|err\b|cannot|can['’]t|could ?n[o']t|unable|failed to (?:connect|resolve|open|reach|log|dial|auth)|connect(?:ion)? to|login (?:failed|incorrect)|getaddrinfo|dial\b|not logged in|you (?:are|must))/i;

/** Namespaces of platforms and of vendors' clients: an application's own class may be that of any step. */
const ofLibrary =
  /^(?:java|javax|jakarta|System|Microsoft|Azure|com\.(?:ibm|microsoft|google|amazonaws|azure|mysql|oracle|mongodb|rabbitmq|zaxxer)|org\.(?:apache|springframework|postgresql|elasticsearch|eclipse|mariadb|redisson)|io\.(?:grpc|netty|lettuce|nats|ktor|vertx)|software\.amazon)\b|\b(?:jakarta|javax)\.websocket\b/;

/** Blanks the names of exception classes. */
export const withoutClasses = (text: string, tool: string, blank: (match: string) => string): string => {
  const { isName } = namer(tool);
  const own = partsOf(tool).flatMap((part) => [part, part.replace(/s$/, '')]);
  return text.replace(exceptionClass, (match, namespace: string, called: string) => {
    // The library that the tool is named after tells of no step.
    const others = namespace
      .split(/\W+/)
      .filter((one) => !own.includes(one.toLowerCase()))
      .concat(called)
      .join('.');
    if (partialWords.test(others) || tellsOfStep(others, tool)) return match;
    const parts = partsOf(called);
    const isPlain = parts.every((part) => isName(part) || plainWords.has(part));
    const isLibrary =
      ofLibrary.test(namespace) || (labels.has(namespace.split(/\W/)[0] ?? '') && !/^(?:io|org|com)\b/.test(namespace));
    const isTransport =
      transportWords.test(called.replace(/(?:Exception|Error|Failure|Fault)$/, '')) ||
      /^(?:AggregateException|DeploymentException)$/.test(called);
    return isPlain || (isLibrary && isTransport && !parts.some(isParticiple)) ? blank(match) : match;
  });
};

/** Blanks the names of programs that stand before a failure. */
export const withoutLabels = (rest: string, tool: string, mark: (match: string) => string): string => {
  const { isOwn, isName } = namer(tool);
  const later = laterDeeds(tool);
  return rest.replace(ownLabel, (match, lead: string, name: string, label: string, at: number) => {
    const parts = partsOf(name);
    const ahead = rest.slice(at + match.length, at + match.length + 40);
    const isLater = parts.some((part) => later.includes(part));
    const known = !/\d/.test(name) && parts.some(isOwn) && parts.every(isName);
    const named =
      parts.every(isName) && (/rror|ault|xception/.test(label) || failureAhead.test(ahead) || ofClient.test(name));
    return (known || named) && !isLater && !isAside(name, tool) ? lead + mark(match.slice(lead.length)) : match;
  });
};
