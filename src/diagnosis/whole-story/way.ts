import { otherStepAt } from './against.ts';
import { deedsOf, laterDeeds } from './deeds.ts';
import { isSequence, partsOf } from './parts.ts';
import { isDenied, isParticiple, tellsOfStep } from './steps.ts';
import { partialWords, plainWords } from './words.ts';
import { isAside } from './wrappers.ts';

/** Stand for what was blanked: a failure, and what is no data. */
const licence = '\ue001';
const mark = '\ue002';

const not = String.raw`(?:could(?: not|n['’]?t)|can(?:not|['’]t| not)|did(?: not|n['’]t)|(?:(?:was|were|is|are) )?(?:unable|not able) to|fail(?:ed|ure|s|ing)? to|(?:an? )?(?:error|problem|failure|exception)(?: occurred)?(?: (?:while|when|in|on|during))?|failed(?: (?:while|when|in))?)`;

const reaches =
  '(?:connect(?:ing)?|reach(?:ing)?|contact(?:ing)?|dial(?:l?ing)?|talk(?:ing)?|communicat(?:e|ing)|authenticat(?:e|ing)|authoriz(?:e|ing)|log(?:ging)? ?(?:in|on)|sign(?:ing)? in|resolv(?:e|ing)|look(?:ing)? up|ping(?:ing)?)';

const makes =
  '(?:open|create|construct|establish|make|initiali[sz]e|build|set up|setup|obtain|get|acquire|instantiate|retrieve|request|fetch|configure|negotiate|connect|opening|creating|constructing|establishing|making|initiali[sz]ing|building|setting up|obtaining|getting|acquiring|retrieving|requesting|fetching|configuring|negotiating|connecting)';

/** What a client makes on the way to a service: none of it is what a call works on. */
const things =
  '(?:(?:the|an?|your|our|any|new|network|tcp|udp|secure|initial|database|db|jdbc|sql|https?|ssl|tls|ssh|s?ftp|smtp|ldap|amqp|mqtt|kafka|redis|grpc|rpc|web|remote|underlying|valid|fresh|access|auth|oauth2?|oidc|sso|id|bearer|api|aws|azure|google|gcp|current) ){0,4}(?:connections?|conn|sessions?|(?:web)?sockets?|channels?|clients?|(?<=(?:construct|creat|initiali[sz])\\w{0,3} (?:\\w{1,20} ){0,4})(?:producer|provider)|(?<=configur\\w{1,3} (?:\\w{1,20} ){0,4})provider|transports?|tunnel|handshake|pool|(?:access )?tokens?|credentials?)';

const token = String.raw`(?:"[^"\n]{1,80}"|'[^'\n]{1,80}'|\x60[^\x60\n]{1,80}\x60|[\p{L}\d_][\p{L}\p{N}\p{M}_@/+%-]{0,80}(?:[.:]{1,3}[\p{L}\p{N}_/[-][\p{L}\p{N}\p{M}_@/+%\]-]{0,80}){0,12})`;

const end = String.raw`(?=\s*(?:[.;,!?\n\ue001]|:(?:\s|$)|$|\(| - | -+> |→|[–—]|\b(?:because|due to|since)\b))`;

const start = String.raw`(?<![\p{L}\p{M}\p{N}_/@.-])`;

const peers =
  '(?:endpoints|hosts|brokers|servers|nodes|addresses|replicas|backends|contact points|urls|bootstrap (?:servers|urls|brokers))';

/** Sentences that say only that the way to the service was not there, with the place that it leads to. */
export const wayStatements: readonly RegExp[] = [
  // Could not connect to Redis at cache.example:6379; failed to create socket; error configuring provider
  String.raw`${start}${not} (?:${reaches}|${makes} ${things})(?![\p{L}\p{N}_])((?: ${token}){0,9}?)${end}`,
  // Connection could not be created to jdbc:postgresql://db.example:5432/app with driver org.postgresql.Driver
  String.raw`${start}(?:connections?|sessions?|(?:web)?sockets?|channels?|clients?|tokens?|credentials)((?: (?:to|with|for) ${token}(?: ${token})?)?) (?:could not|couldn['’]t|cannot|can['’]t) be (?:established|created|opened|made|obtained|initiali[sz]ed|reached|set up|resolved|acquired|negotiated)((?: ${token}){0,8}?)${end}`,
  // open channel; create producer; connect to broker: the label of a step before its cause
  String.raw`(?<=^|\n|: |\] )(?:open|create|get|new|init|acquire|establish|connect|dial|start|obtain|build)(?: to)? ((?:the |an? |new )?(?:connection|conn|session|socket|channel|client|producer|transport|broker|server|host|token|credentials))(?=: (?:\S))`,
].map((source) => new RegExp(source, 'giu'));

/** The same of several places, of which none was there. */
export const wayPhrases: readonly RegExp[] = [
  new RegExp(
    String.raw`${start}(?:none of (?:the |your )?(?:(?:specified|configured|given|provided|known|listed|bootstrap|seed|broker) ){0,2}${peers} (?:were|was|are|is|could be|can be) (?:reachable|available|reached|contacted|resolved|online|alive)|all (?:the |your )?(?:(?:specified|configured|given|provided|known|listed|bootstrap|seed|broker) ){0,2}${peers} (?:are|were) (?:unreachable|unavailable|down|offline)|no (?:reachable|available|live|alive|resolvable) ${peers}(?: (?:given|found|configured))?(?: in [a-z.]{3,40})?|(?:(?:the )?client has )?run out of (?:available )?${peers}(?: to (?:talk|connect) to)?)${end}`,
    'giu',
  ),
  /\bCan['’]t reach database server at `[\w.:-]{1,80}`(?::`\d{1,5}`)?|\bPlease make sure your database server is running at `[\w.:-]{1,80}`(?::`\d{1,5}`)?\.?/g,
  /\bLocal: (?:Broker transport failure|Host resolution failure|All broker connections are down)(?=\s*(?:$|[.;,)\n]))/g,
  /\b(?:stream_socket_client|p?fsockopen|socket_connect|curl_multi_exec|SoapClient::__\w{2,20}|ssh2_connect|ftp_(?:ssl_)?connect|imap_open|odbc_connect|oci_connect|sqlsrv_connect|pg_pconnect|mongoc_client_\w{2,30})\(\)(?=: )/g,
  /(?<=[\p{L}\p{N}] - |, |\. |\()(?:perhaps|maybe|possibly|probably) (?:it|the (?:server|service|host|broker|daemon)) (?:is|may be|might be) (?:offline|down|unavailable|not running|not started|starting(?: up)?|unreachable)(?=\s*(?:[.,;!?)"\n]|$))/giu,
  /\b[A-Z]\w{1,30} command '[a-z][\w:-]{1,30}' failed(?=: )/g,
  /\b(?:x-)?retry-after in \d{1,6} ?(?:s|seconds|minutes)\b/gi,
  /(?<=\brate limit [^\n]{0,60})\bfor (?:images|tokens|requests|queries|messages|writes|reads|calls|characters|units|jobs) per (?:second|minute|hour|day)\b/gi,
  /\b(\d{1,3})\/\1 brokers are down\b/g,
  /(?<=provide credentials )\((?:get|list|watch|create|patch|update|delete|post) [\w.]{1,60}(?: [\w.-]{1,60})?\)/g,
  /(?<=: |^)https?:\/\/[\w.:-]{1,100}(?:\/[a-z][a-z_.-]{0,40}){0,6}(?=: (?:Connection Failed|Dns Failed|Connect error))/gm,
  /^[A-Z]\w{1,20} CLI v?\d{1,3}\.\d{1,4}(?:\.\d{1,4})?$/gm,
  /\bto (?:obtain|get|generate|create|refresh)(?: and (?:save|store))? (?:an? |your )?(?:new |fresh |valid )?(?:api |access )?(?:token|credentials|key|session)(?: for [\w.-]{3,60}(?<!\.))?(?=\s*(?:[.!\n]|$))/gim,
  /\bClient request\([A-Z]{3,7} https?:[^\s)]{1,300}\) invalid(?=: 4(?:01|29))|\bText(?=: ["'])/g,
  /\bUser ?name \[[\w.@-]{1,60}\] or password is invalid\b|\bThe access token you (?:sent|provided|supplied) could not be found or is invalid\b/gi,
  /\[Warning\] Using a password on the command line interface can be insecure\.?/g,
  /^[^\w\n]{0,6}Logs were written to "[^"\n]{1,200}"$/gm,
  /\b(?:the |your )?[A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,30}){0,5}_(?:TOKEN|KEY|SECRET|PASSWORD|PAT|CREDENTIALS) (?:was|is|has been|has) (?:not accepted|not valid|rejected|refused|invalid|expired|revoked|missing|not set|wrong)\b/g,
  /\b(?:kein|no) (?:Dienst|service|process|server) (?:lauscht|hört|is listening|listens|listening) (?:auf|an|on) (?:dem|diesem|the|that|this) port\b/gi,
  /^In Zeile:\d{1,6} Zeichen:\d{1,6}\n\+ [^\n]{1,400}(?:\n\+ [ ~]{1,400})?$/gm,
  /\bRun the command below to (?:authenticate|log in|sign in)(?: interactively)?(?:; additional arguments may be added as needed)?:(?:\n *az log(?:out|in)(?: --[a-z-]{2,20} \S{1,120}){0,4}){1,2}$/gm,
  /^ *(?:\$ )?(?:az|aws|gcloud|gh|docker|oc|vault|heroku|fly|flyctl|netlify|vercel|npm|firebase|wrangler|supabase|doctl|ibmcloud|databricks|terraform|pulumi|argocd|cf|op|bw|sf)(?: [a-z-]{2,20}){0,2} (?:log-?(?:in|out)|auth|configure|init)(?: --?[a-z-]{1,20}(?:[= ][\w./:-]{1,120})?){0,4}$/gm,
  /\b(?:This|The) API (?:supports|requires|uses|expects|only accepts) (?:OAuth ?2(?:\.0)?|bearer|basic|API key|token)(?: authentication| tokens?| credentials)?(?: and you can find more (?:details|information) at https?:\S{1,200}(?<!\.))?/gi,
  /\bAuthentication credentials (?:were )?not (?:found|provided)\b/gi,
  /\bcommand: '(?:CONN|CONNECT|AUTH)(?: [A-Z0-9-]{2,16})?'(?=[,\n}])|\bcode: 'E(?:DNS|AUTH|SOCKET|CONNECTION)'(?=[,\n}])/g,
  /\bthe provided (?:grant|credential) has expired due to it being revoked\b|\ba fresh (?:auth )?token is needed\b/gi,
  /\bTopic [\w.-]{1,80} not present in metadata after \d{1,7} ?ms\b/g,
  /\bHikariPool-\d{1,3} - Connection is not available, request timed out after \d{1,7}ms(?: \(total=0, [^()\n]{1,80}\))?/g,
  /\[LDAP: error code 49 - [^\]\n]{1,160}\]/g,
  /\bTcp command \[Connect\([^\]\n]{1,160}\)\] failed because of\b/g,
  /\bError -?\d{1,5} connecting to [\w.-]{1,100}:\d{1,5}\b|\bfailed to dial after \d{1,2} attempts(?=: dial)/g,
  /(?<=^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d )[\w./-]{1,80}\.go:\d{1,6}(?=: )/gm,
  /\bServer selection (?:timeout|error)(?=: )|\bconnection pool(?=: failed to dial)|\bNo available servers(?=\. Topology: )|\bTopology: \{[^\n]{1,800}\}(?=\s*$|, labels: \{\})|, labels: \{\}/g,
  /\bA timeout occurred after \d{1,7}ms selecting a server using CompositeServerSelector\{[^\n]{1,400}?\}\. Client view of cluster state is \{[^\n]{1,1500}\}\.?$/gm,
  /^ERROR running [a-z][\w:]{1,60}(?=: )/g,
  /\bKafkaJSNumberOfRetriesExceeded(?=: Connection error)|\bAccessTokenInvalid(?=: )/g,
  /\bUnable to initialize new alias from the provided credentials\b|\bFailed to discover available identity versions when contacting https?:\S{1,200}\. Attempting to parse version from URL\b/g,
  /\bpermission denied - invalid PVE ticket\b|\b535: 5\.7\.\d{1,2} Authentication unsuccessful(?: \[[\w.-]{1,80}\])?|\b(?:access_)?token expired rid: [\w-]{8,60}/g,
  /\b(?:GET|HEAD|POST|PUT) "https?:\/\/[^"\n]{1,200}"(?=: response status code 4(?:01|29))|\bresponse status code(?= 4(?:01|29))/g,
  /^=== Trying [\w.-]{1,80}:\d{1,5}\.{3}$|^\*{3} {1,3}Error connecting to [\w.-]{1,80}:\d{1,5}(?=:$)|^\*{3}[ \t]{1,4}IO::Socket::INET6?(?=: )/gm,
  /\[4(?:01|29) [A-Z][\w ]{4,30} \| [\w.]{4,40}\]/g,
  /\(Service: \w{1,40}, Status Code: 4\d\d, Request ID: [\w-]{1,60}(?:, [^()\n]{1,80})?\)(?: \(SDK Attempt Count: \d{1,2}\))?/g,
  /\bfailed to connect to "(?:user|host|database)=[^"\n]{1,120}"(?=: )/g,
  /^Not connected\.$/gm,
  /^\(#\d{1,6}\)(?= [A-Z])/g,
  /\byou can only (?:make|send|issue) \d{1,6} (?:requests?|calls?|messages?) per (?:second|minute|hour|day)\b/gi,
  /\byou are (?:publishing|calling|posting|uploading|requesting|querying) too (?:fast|quickly|often|frequently)\b/gi,
  /\bComplexity budget exhausted, query cost \d{1,9} budget remaining \d{1,9} out of \d{1,9} reset in \d{1,6} seconds?\b/g,
  /\bFailed to construct kafka (?:producer|consumer|admin client)\b|\bFailed to create new KafkaAdminClient\b/g,
  /^%\d\|\d{1,12}\.\d{1,6}\|[A-Z]{1,12}\|[\w#.-]{1,60}\| \[thrd:[^\]\n]{1,120}\]:/gm,
  /\bIf you have already logged in with a different account(?:, run)?:\s{1,6}\$ gcloud config set account ACCOUNT\s{1,6}to select an already authenticated account to use\.?/g,
  /\bThe Network Adapter could not establish the connection\b|\berror configuring S3 Backend\b|\bPut token failed\. status-code: 401, status-description: \w{3,40}(?=: )/g,
  /\bKnex: Timeout acquiring a connection\. The pool is probably full\. Are you missing a \.transacting\(trx\) call\?|\bMaxRetriesPerRequestError(?=: Reached)/g,
  /\b(?:\* )?[12] errors? occurred:(?=\s{1,4}\* (?:permission denied\s{1,4}\* invalid token|invalid token))/g,
];

/** What a client makes on its way, though a tool may make it too. */
const ownThing =
  /^(?:connection|session|socket|channel|client|producer|provider|transport|tunnel|pool|token|credential)s?$/;

/** What stands between the words of a place. */
const joints = new Set(
  'to at with for from on via in against of by as using over through the a an your our any port user host driver database service'.split(
    ' ',
  ),
);

const isAddress = (word: string): boolean =>
  /^[a-z][a-z0-9+.:-]{1,30}:\/\/\S{1,300}$/i.test(word) ||
  /^(?:[\w-]{1,60}\.){1,8}[a-z]{2,20}\.?(?::\d{1,5})?(?:\/[\w.-]{0,60}){0,4}$/i.test(word) ||
  /^\[?[\da-f.:]{3,45}\]?(?::\d{1,5})?$/i.test(word) ||
  /^[a-z][\w-]{1,60}:\d{2,5}$/i.test(word);

/** Whether the words of a place name nothing but a program, a service or an address. */
const isPlace = (words: string, tool: string): boolean => {
  const all = words.match(/"[^"]*"|'[^']*'|`[^`]*`|\S+/g) ?? [];
  return all.every((quoted, index) => {
    const word = quoted.replace(/^["'`]|["'`]$/g, '');
    if (joints.has(word.toLowerCase())) return true;
    if (/^\d{1,5}$/.test(word)) return all[index - 1] === 'port';
    if (isAddress(word))
      return !/\/\d{1,12}(?:$|\/)/.test(word) && !tellsOfStep(word.replace(/^(?:[\w+.:-]{1,30}:\/\/)?[^/]*/, ''), tool);
    const parts = partsOf(word);
    return (
      parts.length > 0 &&
      !/\d{3}/.test(word) &&
      !isAside(word, tool) &&
      !tellsOfStep(word, tool) &&
      parts.every((part) => plainWords.has(part) || (!isDenied(part) && !isParticiple(part)))
    );
  });
};

const clock = String.raw`(?:\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?)`;

/** What a logger puts between the time and the message: the name of the component that wrote it. */
const component = new RegExp(
  String.raw`(?<=(?:^|\n)${clock}[ \t]{1,4}(?:\[?(?:ERROR|ERR|FATAL|WARN|WARNING|error|fatal|warn)\]?[ \t]{1,4})?)\[?([a-z][\w./-]{1,40})\]?(?=: \S)`,
  'gu',
);

/** The class of an exception that does not end in a word for one, behind its namespace. */
const classOf = /(?<![\w.:\\$])((?:[A-Za-z][\w$-]{1,40}(?:\.|::|\\)){1,8})([A-Z]\w{2,60})(?=: \S|:?\s*\n|\s*$)/g;
const failing =
  /not|fail|error|refus|invalid|exceed|unreach|unavail|denied|reject|expire|unable|cannot|lost|timeout|missing/i;

/** The call itself, with its time, before its cause: `release failed after 0s`. */
const ended =
  /(?<=^|\n)[ \t⨯✗✖×•-]{0,8}(\p{L}{4,20}) (?:failed(?: after \d{1,6}(?:\.\d{1,3})?m?s)?|(?:was )?(?:aborted|rejected|refused|stopped|cancelled) before (?:submission|sending|the first (?:row|record|message|item|step|request|file|line|entry)|it (?:was sent|began|started)|anything was (?:sent|written|done)))(?=: |[ \t]{2,80}error=|$)/gu;

/** The call itself as a client of a database prints it. */
const invocation =
  /\bInvalid `\w{1,20}\.(\w{1,40})\.(\w{1,30})\(\)` invocation(?: in\s{1,3}\S{1,200}:\d{1,6}:\d{1,6})?(?=:?\s)/g;

/** Words of tool names that say only what the tool is written in or speaks with. */
const ofLanguages =
  /^(?:node|js|ts|py|python|java|kotlin|scala|go|golang|rust|dotnet|csharp|ruby|php|perl|elixir|client|cli|mcp|api|sdk|db|orm)$/;

/** The tool as its server names it. */
const called = /^Error (?:executing|calling|running) tool '?[a-z][\w-]{1,60}'?(?=: )/g;

/** A record of a log with its message and its error. */
const record = /\b(?:msg|message)="([^"\n=]{2,80})" (?:err|error)=(?=["\w])/g;

/** What stands before a cause. */
export const labelsOfWay: readonly RegExp[] = [component, classOf, ended, invocation, record];

/** Blanks what stands before a cause and names only the program, the class or the call itself. */
export const withoutLabelsOfWay = (text: string, tool: string, blank: (match: string) => string): string => {
  const own = partsOf(tool);
  const isComponent = (name: string): boolean =>
    !/\d/.test(name) &&
    !isAside(name, tool) &&
    !tellsOfStep(name, tool) &&
    partsOf(name).every(
      (part) => own.includes(part) || plainWords.has(part) || (!isDenied(part) && !isParticiple(part)),
    );
  let told = text;
  for (const phrase of wayPhrases) told = told.replace(phrase, blank);
  return told
    .replaceAll('\\"', ' "')
    .replace(component, (match, name: string) => (isComponent(name) ? blank(match) : match))
    .replace(record, (match, message: string) => {
      const at = match.indexOf('"') + 1;
      return `${licence.padStart(at)}${message}${`: ${mark}`.padEnd(match.length - at - message.length)}`;
    })
    .replace(called, (match) => (deedsOf(tool).length === 0 && !tellsOfStep(match, tool) ? blank(match) : match))
    .replace(invocation, (match, model: string) => {
      const named = own.filter((part) => !ofLanguages.test(part));
      return named.includes(model.toLowerCase()) || named.every((part) => match.toLowerCase().includes(part))
        ? blank(match)
        : match;
    })
    .replace(classOf, (match, namespace: string, called: string) =>
      failing.test(called) &&
      !partialWords.test(called) &&
      !namespace.split(/\W+/).some((one) => partialWords.test(one) && !own.includes(one.toLowerCase())) &&
      !tellsOfStep(match, tool) &&
      partsOf(called).every(
        (part) =>
          plainWords.has(part) || own.includes(part) || /^(?:established|all|hosts|for|limit|acquired)$/.test(part),
      )
        ? blank(match)
        : match,
    )
    .replace(ended, (match, noun: string) =>
      !isSequence(tool) &&
      laterDeeds(tool).length === 0 &&
      own.some((part) => part.length > 3 && part.includes(noun.toLowerCase()))
        ? blank(match)
        : match,
    );
};

/** A clause of its own. */
export const wayClause =
  /(?<=^|[\n,;:!?(["] {0,3}|\. |-> )\p{L}[^\n,;:!?()[\]{}"\ue001\ue002]{6,140}?(?=\s{0,3}(?:$|[\n,;:!?()[\]{}"]|\.(?:\s|$)| -+> ))/gu;

const ofService =
  /\b(?:connect\w*|brokers?|hosts?|hostname|servers?|sockets?|pool|metadata|topology|endpoints?|address|addresses|dns|handshake|transport|nodes?|cluster|bootstrap|network|login|logon|tokens?|credentials?|authenticat\w+|listener|route|proxy|gateway|tunnel|vpn)\b/i;
const denies =
  /\b(?:not|no|none|cannot|fail(?:ed|ure|s)?|unable|refused|unavailable|unreachable|denied|rejected|expired|invalid|missing|offline|down)\b|n['’]t\b/i;

/** Words of order, of other steps, and of a request that was on its way. */
const ofOthers =
  /\b(?:read|write|wrote|written|respon\w+|repl(?:y|ied)|answer\w*|sent|reset|closed?|closing|lost|abort\w*|broken?|dropped|interrupted|eof|while|during|before|then|and|but|already|second|next|retr(?:y|ies|ying)|again|some|other|remaining|rest|last|previous|later|yet|commit\w*|flush\w*|ack\w*|releas\w+|confirm\w*|finish\w*|drain\w*|shut\w*|unlock\w*|unsubscrib\w+|sav(?:e|ing)|stor(?:e|ing)|clean\w*|roll\w*|refresh\w*|updat\w+|delet\w+|remov\w+|creat\w+|insert\w*|send\w*|publish\w*|notif\w+|post\w*|put|upload\w*|sync\w*|copy|move|set|add\w*|charg\w+|refund\w*|register\w*|deregister\w*|renew\w*|revok\w+|rotat\w+|step|stage|phase|because|since|so|as|when|if|unless|until|which|that|up|ready|ok|works?|there|exists?|live|online|done|has|have|had|now|only|one|once|after(?! \d)|timed|timeout)\b/i;

/** Whether a clause says that a service was not there, and names nothing beside it: at most two words are those of a program or of a service. */
const isOfWay = (clause: string, tool: string): boolean => {
  if (!ofService.test(clause) || !denies.test(clause) || ofOthers.test(clause)) return false;
  if (otherStepAt(clause) !== -1 || tellsOfStep(clause, tool)) return false;
  const own = partsOf(tool);
  let unknown = 0;
  for (const word of clause.split(/[\s,/]+/)) {
    const bare = word.replace(/^['`*_-]+|['`*_.-]+$/g, '');
    if (bare === '' || isAddress(bare) || /^\d{1,7}(?:ms|s)?$/.test(bare)) {
      if (/^\d{1,7}$/.test(bare)) return false;
      continue;
    }
    const parts = partsOf(bare);
    if (parts.length === 0 || /\d/.test(bare) || isAside(bare, tool)) return false;
    if (parts.some((part) => own.includes(part))) return false;
    if (parts.every((part) => plainWords.has(part))) continue;
    // A word that is no name of a product may be what another service is for.
    if (!/^\p{Lu}/u.test(bare) || parts.some((part) => isDenied(part) || isParticiple(part))) return false;
    unknown += 1;
  }
  return unknown <= 2;
};

/**
 * Blanks what says only how far a call came before it had reached its service, whatever the service and the program are called. A place
 * that may be that of another step is left.
 */
export const withoutWay = (text: string, tool: string, blank: (match: string) => string): string => {
  const own = partsOf(tool);
  let rest = text;
  for (const statement of wayStatements)
    rest = rest.replace(statement, (match, ...groups: (string | undefined | number)[]) => {
      const places = groups.filter((group): group is string => typeof group === 'string').slice(0, -1);
      // What the tool itself works on is no way to it: `failed to refresh session` of `create_session`.
      const isOwn = own.some((part) => ownThing.test(part) && match.toLowerCase().includes(part));
      return !isOwn && places.every((place) => isPlace(place, tool)) ? blank(match) : match;
    });
  return rest.replace(wayClause, (match) => (isOfWay(match, tool) ? blank(match) : match));
};
