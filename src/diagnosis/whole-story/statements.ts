const token = String.raw`(?:access |api |auth |bearer |bot |oauth |refresh |session |personal |security |service |authentication )*(?:tokens?|keys?|credentials?|sessions?|passwords?|secrets?|api[- ]keys?|cookies?|certificates?|logins?)`;

const adjective = `(?:invalid|incorrect|wrong|bad|expired|revoked|missing|deactivated|disabled|inactive|rotated|regenerated|unknown|malformed|out of date|outdated|stale)`;

const answered = `(?:answer(?:ed|s)|repl(?:ied|ies)|respond(?:ed|s)|return(?:ed|s)|gave|got|received|sent back|came back|comes back)`;

/** The status of a refused request, and the words that belong to it. */
const refusedStatus = String.raw`4(?:01|29)(?![\d.]\w?)(?: ?[-–:]? ?\(?(?:Unauthorized|Too Many Requests|Unauthenticated|Access Denied)\)?)?`;

const gateway = `(?:(?:the|your|our|its|this|remote|upstream|backend|api|http|rest|mcp|web) ){0,3}(?:server|service|api|backend|upstream|endpoint|host|gateway|request|response|call)`;

/**
 * Sentences of any program that say once more what has failed, and what may be the cause of it or done about it. Each states a refused
 * login, a refused request or a limit, and names nothing that the call works on. They license their clause.
 */
export const statements: readonly RegExp[] = [
  // The server replied with 401; received HTTP 429 response from the API
  new RegExp(
    String.raw`(?<![\p{L}\p{N}])(?:${answered}|${gateway} (?:${answered}|failed|ended|was rejected|was refused))(?: (?:with|by|as))?(?: (?:an?|the))?(?: (?:http|https|error|status|code|response|unexpected))*[: ]{1,2}\(?${refusedStatus}\)?(?: (?:error|response|status|code))*(?: from (?:the |your )?(?:remote |upstream )?(?:server|api|service|backend|upstream|endpoint|host|gateway))?(?=\s*(?:[.,;:!()\n[{"'|]|$|[-–—]))`,
    'giu',
  ),
  // There was an HTTP 401 error with your request to the Sentry API
  /\bthere was an? (?:http )?(?:(?:4(?:01|29)) )?error with (?:your|the) request(?: to the [A-Z]\w{1,20} API)?(?=[.:;\n]|$)/gi,
  // Token may be expired or invalid; your bot token may have been regenerated
  new RegExp(
    String.raw`(?<![\p{L}\p{N}])(?:(?:the|your|this|its|an?) )?(?:\w{2,20}['’]s )?${token}(?: \([\w.*…-]{3,40}\))? (?:may|might|could)(?: (?:have|has) been| be| have)(?: (?:either|already))? ${adjective}(?:,? (?:or|and) (?:be |have been |has been )?${adjective}){0,3}(?=\s*(?:[.,;:!()\n"'|]|$))`,
    'giu',
  ),
  // One or both of username and password are invalid
  /\b(?:(?:one or both of|either|both) )?(?:(?:the|your) )?(?:user ?name|user|login|e-?mail(?: address)?|account)(?:,? (?:and\/or|and|or)|\/)(?: the| your)? (?:password|api token|token|secret)(?:(?: you)? (?:provided|supplied|entered|given|specified))? (?:is|are|was|were)(?: either)? (?:not (?:valid|correct|accepted)|invalid|incorrect|wrong)\b/gi,
  // Request with ID "x" failed with status "UNAUTHENTICATED"
  /\brequest (?:with )?(?:id|ID)[ :=]{1,2}["'`]?(?=[\w-]*\d|["'`])[\w-]{4,60}["'`]? failed(?: with (?:status|code) ["'`]?(?:UNAUTHENTICATED|RESOURCE_EXHAUSTED|4(?:01|29))["'`]?)?/gi,
  // Every attempt ended in the same way, so none of them is in doubt.
  /\bgave up after \d{1,3} (?:tries|attempts|retries)[;,:]? (?:every|each) (?:try|attempt|one) (?:ended the same way|failed (?:the same way|with the same error)|failed(?: with)?)(?=: )/gi,
  // The limit, and whose it is.
  /(?=(?:in|for) )(?<=\brate limit[^\n]{0,160})\b(?:in|for) (?:your )?(?:organization|org|organisation|project|workspace|tenant|account|team|key|user|region|installation(?: ID)?|tier|plan) [`'"]?[\w.-]{1,60}[`'"]?|(?=(?:service|tier) )(?<=\brate limit[^\n]{0,200})\b(?:service )?tier [`'"]?\w{1,30}[`'"]?|(?=on )(?<=\brate limit[^\n]{0,240})\bon (?:tokens|requests|input tokens|output tokens) per (?:minute|day|hour|second)|(?=(?:limit|used|requested)\b)(?<=\brate limit[^\n]{0,300})\b(?:Limit|Used|Requested):? ~?\d{1,9}(?=[,.\s]|$)/gi,
  /\bNeed more tokens\?|\bPlease go here: https?:\S{1,160}|\bif you would like to further increase the default rate limit\b/gi,
  /\b(?:you )?(?:have |has |are )?(?:exceed(?:ed|ing)|reached|over) (?:the |your )?(?:allowed |maximum |permitted )?(?:number|rate|amount|limit) of (?:api )?(?:requests|calls)\b/gi,
  /\b(?:daily|hourly|monthly|weekly|minute) (?:request|call|api call|usage) (?:count|limit|quota) (?:exceeded|reached)\b/gi,
  /\bquota of \d{1,9} (?:requests|calls|queries) per (?:\d{1,6} )?(?:second|minute|hour|day)s?(?= (?:was |has been |is )?(?:exceeded|reached))|\b\d{1,9}\/(?:s|sec|second|m|min|minute|h|hour|d|day)\b/gi,
  /\brate[- ]limited by (?:the )?(?:upstream|server|api|service|backend|gateway|remote)\b|\brate limit enforced\b/gi,
  /\bToo many simultaneous (?:queries|connections|requests)\b(?:\. Maximum: \d{1,6})?|\(TOO_MANY_SIMULTANEOUS_QUERIES\)/g,
  /^Received exception from server \(version [\d.]{1,20}\):\s|^Code: \d{1,4}(?=\. DB::Exception)|\bDB::Exception: Received from [\w.:-]{1,80}(?=\. )/gm,
  // The first column of a table of errors.
  /(?<=^\| ?code ?\| ?message ?\|\n\|[-|: ]{3,40}\|\n\| ?)\d{3,6}(?= ?\|)/gim,
  // Clients of Apple and of Android.
  /\bTask <[\w-]{1,60}>\.<\d{1,4}> finished with error \[-1\d{3}\]|\bisConnected failed(?=: E(?:CONNREFUSED|HOSTUNREACH|NETUNREACH))/g,
  // Nothing began: `Upload to the Play Console could not start`.
  /\bwhen exchanging the (?:service account )?(?:assertion|token|code|refresh token|credentials)\b|\band repeat the (?:command|request|call)\b|\bplease re-?run the auth(?:entication)? (?:flow|command)(?:: (?:npx |uvx )?[\w@/.-]{1,40} auth\b)?/gi,
  // What a database says while it starts: it takes no request yet.
  /\bLOADING Redis is loading the dataset in memory\b|\bthe database system is (?:starting up|not yet accepting connections)\b|\bConsistent recovery state has not been yet reached\b/gi,
  // Programs that ask a name server.
  /^;; communications error to [\d.:a-f#]{3,60}: timed out$|^;; no servers could be reached$|^;; connection timed out; no servers could be reached$/gm,
  /\bplease include the request ID [\w:-]{1,80}(?: and timestamp [\d :-]{10,25}(?: UTC)?)?|\bIf you reach out to GitHub Support for help\b/g,
  /\bIt looks like you are authenticating Wrangler via a custom API token set in an environment variable\b|\bPlease ensure it has the correct permissions for this operation\b/g,
  /\b\d\.7\.\d{1,2} Username and Password not accepted\b\.?|\bFor more information, go to(?:\\n|\s){1,3}(?:5\.7\.\d{1,2} {1,2})?https?:\S{1,160}(?: [\w-]{6,60} - gsmtp)?/gi,
  /\bYou may be able to resolve the issue by addressing the concern and trying again\b|\bThere appears to be a configuration issue with your setup\b|\bPlease check your environment configuration and try again\b/g,
  /\bHostname not found\b|\bGenerate a new (?:one|token|key|api key)(?: at https?:\S{1,160}| in (?:your )?(?:the )?settings)?(?=[.!\n]|$)/gi,
  /\bDouble check your (?:\w{2,20} )?(?:[`'"]?\w{2,20}[`'"]? or )?[`'"]?\w{2,20}[`'"]? (?:api )?(?:key|token|credentials)\b/gi,
  /\bNo access, refresh token, API key or refresh handler callback is set\b/g,
  /(?:\brun|\bRun|\btype|\bexecute) [`'"](?:\$ )?[\w./@-]{1,40}(?: [\w./@:=-]{1,40}){0,4}[`'"](?: first| again| to (?:log in|sign in|authenticate|continue))?/g,
];

/** Headings and bold titles of a report that is laid out as a page, such as `**Input Error**`. */
export const titles =
  /^(?:#{1,6} {1,3}|\*\*)(?:(?:Input|Configuration|Authentication|Authorization|Auth|Connection|Network|API|Request|Rate Limit|HTTP|Tool|Server|Client|Access|Login) )?(?:Errors?|Failure|Failed|Error Details|Result|Response|Details)(?:\*\*)?:?$|^\|(?: ?:?-{1,20}:? ?\|){1,6}$|^\| ?(?:code|status|error|message)(?: ?\| ?(?:code|status|error|message|detail|details|reason)){1,4} ?\|$|\*\*Status:\*\* (?:failed|error)$/gim;

/** The request that a client prints before the response, if the response is the only one. */
export const requestLine =
  /^> (?:[A-Z]{3,7} \S{1,300} HTTP\/[\d.]{1,3}|(?:host|authorization|user-agent|accept|accept-encoding|content-type|content-length|x-[\w-]{1,40}|cookie|connection):[^\n]{0,400})$|^[<>] ?$/gim;
