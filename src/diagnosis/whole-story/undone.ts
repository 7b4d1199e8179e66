import { alsoVerbs, deedsOf, namesLaterThing } from './deeds.ts';
import { partsOf, stem } from './parts.ts';
import { isDenied, isParticiple, tellsOfStep } from './steps.ts';

/** Verbs that are the same action, as tool names and reports call it. */
const families: readonly (readonly string[])[] = [
  'create add make new',
  'update edit modify change',
  'delete remove drop',
  'invite schedule create',
  'get list fetch read retrieve query search find load describe show look lookup browse scrape crawl',
  'run execute exec invoke call perform',
  'upload put',
  'publish deploy release',
  'book reserve',
  'login connect authenticate',
  'publish produce emit',
  'send produce emit submit',
  'post place submit',
].map((verbs) => verbs.split(' '));

/** Verbs of the way to a service: no such step has an effect. */
const ways = new Set(
  'call connect reach contact resolve authenticate authorize login obtain establish initialize initialise dial ping communicate lookup acquire'.split(
    ' ',
  ),
);

/** What any call works on, whatever it is called. */
const objects = new Set(
  `the a an your this that to for of in on from with by or named called titled new request requests resource operation action tool call query command data payload`.split(
    /\s+/,
  ),
);

/** Objects of the way to a service. */
const wayObjects = new Set(
  `the a an your this to for of in from with new server servers host remote api service database db endpoint connection connections session
  client token tokens access credentials credential login user identity network cluster kubernetes docker daemon podman redis mysql postgres
  mongodb kafka rabbitmq broker backend upstream gateway proxy address addresses name hostname tcp socket tls registry url id key auth
  authentication authorization oauth oauth2 sso aws azure google gcp account all any provider machine vault mcp http https ldap`.split(
    /\s+/,
  ),
);

const familyOf = new Map<string, number[]>();
families.forEach((verbs, index) => {
  for (const verb of verbs) familyOf.set(stem(verb), [...(familyOf.get(stem(verb)) ?? []), index]);
});

/** What tool names shorten. */
const shortNames: Readonly<Record<string, readonly string[]>> = {
  mr: ['merge', 'request', 'create'],
  pr: ['pull', 'request', 'create'],
  db: ['database'],
  msg: ['message'],
  repo: ['repository'],
  mb: ['bucket'],
  goreleaser: ['release'],
  apply: ['create', 'update', 'patch', 'deploy'],
};

/** What the same things are called in tool names and in reports. */
const domains: readonly (readonly string[])[] = [
  'calendar event meeting appointment invite invitation',
  'mail email smtp sendmail message',
  'sms text twilio whatsapp message',
  'slack teams discord telegram chat mattermost message',
  'kafka nats mqtt amqp rabbitmq pulsar sqs sns pubsub publish message event record',
  'influx prometheus metric metrics point points series sample samples data',
  's3 blob bucket object gcs storage file object',
  'sql postgres mysql query statement',
  'mongo mongodb document',
  'elastic elasticsearch opensearch index document',
  'crm salesforce hubspot lead contact',
  'jira linear youtrack redmine ticket issue',
  'pay payment charge transfer wire',
  'vm instance machine server droplet',
  'helm release chart',
  'kubectl kube k8s kubernetes pod pods deployment service secret ingress configmap namespace node job cronjob resource resources manifest',
  'slack conversation conversations channel channels',
].map((words) => words.split(' '));

const not = `(?:could(?: not|n't|n’t)|can(?:not|'t|’t| not)|unable to|failed to|failure to|fail(?:s|ed|ure)? (?:in|while|when)?|error(?: (?:while|when|in|occurred while))?|problem|was (?:not )?able to|did not|was not able to|trouble)`;

const quoted = String.raw`(?:"[^"\n]{1,60}"|'[^'\n]{1,60}'|\x60[^\x60\n]{1,60}\x60|«[^»\n]{1,60}»|“[^”\n]{1,60}”)(?=[\s:.,;(!]|$)`;

const active = new RegExp(
  String.raw`(?<![\p{L}\p{N}_-])${not} ([\p{L}]{2,20})((?: ${quoted}| ["'${'`'}«„“]?[\p{L}\p{N}](?:[\p{L}\p{N}_@/-]|[.:](?=[\p{L}\p{N}/_])){0,60}["'${'`'}»“”]?){0,6}?)(?=\s*(?:[.:;,(!]|$|because\b|due to\b|as the\b| - | — |→|on https?:|with error|with status))`,
  'giu',
);

/** `Upload to the Play Console could not start`: nothing of the call began. */
const unstarted =
  /(?<![\p{L}\p{N}_-])(?:could not|couldn't|cannot|can't|unable to|failed to) (?:start|begin|initiate) (?:the |an? |your )?(\p{L}{3,20})(?=\s*(?:[.:;,(!]|$))|(?<=^|: )(?:the |your )?(\p{L}{3,20})(?: (?:to|for) (?:the )?(?:[A-Z][\w.]{1,20} ?){1,3})? (?:could not|cannot) (?:be started|start|begin)(?=\s*(?:[.:;,(!]|$))/giu;

const passive =
  /(?<![\p{L}\p{N}_-])(?:(?:the|your|this|new) )?((?:[\p{L}]{2,24} ){1,4}?)(?:could not be|could not get|cannot be|can't be|couldn't be|was not|were not|has not been) ([\p{L}]{3,20})(?=\s*(?:[.:;,(!]|$|because\b|due to\b| - | — |→))/giu;

const nominal =
  /(?<![\p{L}\p{N}_-])((?:[\p{L}]{2,24}[ _-]){0,3}[\p{L}]{2,24}) (?:failed|error|failure|fehlgeschlagen|mislukt|échouée?)(?=\s*(?:[.:;,(!]|$| with\b| because\b| due to\b| - ))/giu;

/** The same in other languages: `Erro ao criar o pedido:`, `Fehler beim Anlegen der Rechnung:`. */
const foreign =
  /(?<![\p{L}\p{N}_-])(?:erro|error|errore|erreur|fehler|fout|fejl|fel|feil|błąd|ошибка|échec|falha|fallo|fallito) (?:ao|al|en|durante|nel|nella|di|lors de|lors du|de|du|beim|bei|bij|bij het|ved|vid|podczas|przy|при) ((?:[\p{L}'’]{1,24} ){0,4}[\p{L}'’]{2,24})(?=\s*[:.(])/giu;

/** The name of an object of a container platform behind its kind. */
const namespaced =
  /(?<=\b(?:to|error|not) [a-z]{2,12} (?:the )?(?:pod|deployment|job|cronjob|service|secret|ingress|configmap|chart|release|container|image|namespace|volume|node|statefulset|daemonset) )["']?[\w./:@-]{1,80}["']?(?: in (?:the )?namespace ["']?[\w.-]{1,60}["']?)?(?=: )/g;

/** The place that a call works in. */
const inPlace =
  /(?= (?:in|at|from|of|under|within) )(?<=\b(?:to|error|not|failed) [\p{L}]{2,20}(?: [^\n:]{1,80})?) (?:in|at|from|of|under|within) (?:the )?(?:project|repo|repository|workspace|database|namespace|organization|organisation|org|team|space|account|site|region|zone|cluster|server|tenant|table|collection|bucket|schema) (?:"[\w ./:@-]{1,60}"|'[\w ./:@-]{1,60}'|`[\w ./:@-]{1,60}`|(?!(?:and|but|was|is|has|then)\b)[\w./:@-]{1,60})(?=\s*[:(]| failed\b)/giu;

/** What an action is called as a noun. */
const actions: ReadonlyMap<string, string> = new Map(
  Object.entries({
    deletion: 'delete',
    execution: 'execute',
    submission: 'submit',
    insertion: 'insert',
    removal: 'remove',
    retrieval: 'retrieve',
    invocation: 'invoke',
    modification: 'modify',
    publication: 'publish',
    invitation: 'invite',
    reservation: 'reserve',
    creation: 'create',
  }),
);

/** What a program calls the call, before its cause: `create ticket: dial tcp`. */
const label =
  /(?<=^|\n|: |\] |\ue001 {0,80})((?:\p{L}{2,24}[ _-]){1,3}\p{L}{2,24})(?=: \S|\n{1,2}(?:Caused by|\ue002))/gu;

/** `Failed to execute kubectl get command`: the call itself, whatever it does. */
const runs = /^(?:execute|executing|run|running|perform|performing|process|processing|complete|handle|invoke)$/;
const commands = /^(?:command|tool|operation|request|action|call)$/i;

/** Articles and prepositions between the words of an operation. */
const articles = new Set(
  `o a os as um uma do da dos das el la los las un una del de le les des du l d il lo gli i uno dello della dei der die das den dem des ein eine einer eines
  het een van en til av af på w z do на в`.split(/\s+/),
);

/** Whether a word can be the name of a product. */
const isProduct = (word: string): boolean =>
  /^[A-Z][A-Za-z]{2,30}$/.test(word) && !partsOf(word).some((part) => isDenied(part) || isParticiple(part));

const isQuoted = (word: string): boolean => /^["'`«„“].*["'`»“”]$/.test(word);

/**
 * Blanks the words that name what was not done: `failed to create the order`, `the order was not created`. What they name has to be what
 * the tool does, or the way to its service: a confirmation that could not be sent says that the order is there.
 */
export const undone = (text: string, tool: string, blank: (match: string) => string): string => {
  const names = partsOf(tool).flatMap((part) => [part, ...(shortNames[part] ?? [])]);
  const things = domains.filter((words) => words.some((word) => names.includes(word))).flat();
  const name = new Set([...names, ...things].flatMap((part) => [part, stem(part), `${part}s`]));
  const ownFamilies = new Set(names.flatMap((part) => familyOf.get(stem(part)) ?? []));
  const deeds = deedsOf(tool);
  const [first = ''] = deeds;
  const isFirst = (verb: string): boolean =>
    stem(verb) === stem(first) ||
    stem(actions.get(verb) ?? '') === stem(first) ||
    (familyOf.get(stem(verb)) ?? []).some((family) => familyOf.get(stem(first))?.includes(family));
  const isOwnVerb = (verb: string): boolean => {
    if (!isOne) return false;
    // Of two deeds, the second comes after an effect.
    if (deeds.length > 1 && !isFirst(verb)) return false;
    if (alsoVerbs.has(verb) && deeds.length > 0 && !isFirst(verb) && !/^(?:send|post)$/.test(first)) return false;
    const action = actions.get(verb);
    if (action !== undefined && isOwnVerb(action)) return true;
    if (name.has(verb) || name.has(stem(verb))) return true;
    return familyOf.get(stem(verb))?.some((family) => ownFamilies.has(family)) === true;
  };
  const ofHttp = names.includes('create') ? 'post' : '';
  const isAction = (word: string): boolean =>
    (familyOf.has(stem(word)) || actions.has(word)) && isOwnVerb(word) && word !== 'order';
  const isOfLater = (words: readonly string[]): boolean => namesLaterThing(words, tool);
  const isOne = !partsOf(tool).some((part) => /^(?:and|then|with|plus|und|et|y|e)$/.test(part));
  const isOwn = (word: string): boolean => {
    const parts = partsOf(word);
    return (
      !parts.some((part) => isParticiple(part) && !names.includes(part) && part !== 'named' && part !== 'called') &&
      parts.every(
        (part) => objects.has(part) || name.has(part) || name.has(stem(part)) || name.has(actions.get(part) ?? ''),
      ) &&
      !/\d/.test(word)
    );
  };
  const ofWay = (verb: string, words: readonly string[]): boolean =>
    (ways.has(verb) || [...ways].some((way) => stem(way) === stem(verb))) &&
    words.every((word) => wayObjects.has(word.toLowerCase()) || name.has(word.toLowerCase()) || isProduct(word));
  return text
    .replace(namespaced, (match) => (tellsOfStep(match, tool) ? match : ' '.repeat(match.length)))
    .replace(inPlace, (match) => (tellsOfStep(match, tool) ? match : ' '.repeat(match.length)))
    .replace(label, (match, words: string) => {
      const parts = partsOf(words);
      const isCall =
        isOne &&
        parts.length > 1 &&
        !parts.some(isParticiple) &&
        !isOfLater(parts) &&
        parts.every((part) => isOwn(part) || isOwnVerb(part) || part === ofHttp);
      return isCall &&
        (deeds.length < 2 || isFirst(parts.find((part) => deeds.includes(part)) ?? '')) &&
        parts.some((part) => isOwnVerb(part) || part === ofHttp)
        ? blank(match)
        : match;
    })
    .replace(active, (match, verb: string, object: string) => {
      const lower = verb.toLowerCase();
      const words = object.match(/"[^"]*"|'[^']*'|`[^`]*`|«[^»]*»|“[^”]*”|\S+/g) ?? [];
      const runsCall = runs.test(lower) && words.length > 1 && commands.test(words.at(-1) ?? '') && isOne;
      const own =
        (isOwnVerb(lower) || runsCall) &&
        !isOfLater(words) &&
        words.every((word, index) => isOwn(word) || (isQuoted(word) && index > 0));
      return own || ofWay(lower, words) ? blank(match) : match;
    })
    .replace(unstarted, (match, thing: string | undefined, first: string | undefined) =>
      isOne && isAction((thing ?? first ?? '').toLowerCase()) ? blank(match) : match,
    )
    .replace(passive, (match, subject: string, verb: string) => {
      const words = subject.trim().toLowerCase().split(/\s+/);
      return isOwnVerb(verb.toLowerCase()) && !isOfLater(words) && words.every(isOwn) ? blank(match) : match;
    })
    .replace(foreign, (match, operation: string) => {
      const words = partsOf(operation).flatMap((word) => word.split("'"));
      return isOne && words.every((word) => articles.has(word) || name.has(word) || name.has(stem(word)))
        ? blank(match)
        : match;
    })
    .replace(nominal, (match, subject: string) => {
      const words = partsOf(subject);
      return names.length > 0 &&
        words.length >= Math.min(2, names.length) &&
        words.every(isOwn) &&
        !isOfLater(words) &&
        words.some(isOwnVerb) &&
        (deeds.length < 2 || !words.some((word) => deeds.includes(word) && !isFirst(word)))
        ? blank(match)
        : match;
    });
};
