const duration = String.raw`\d{1,9}(?:\.\d{1,9})?(?: ?(?:ms|milliseconds?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?|s(?:ec(?:ond)?s?)?|秒(?:後|后)?|sekund(?:en|er|y)?|secondes|segundos|secondi|sekun(?:nin|tia)|saniye|секунд\p{L}{0,2}|minut(?:en|os?|i|y|er|ter)?|minuu(?:tin|ttia)|dakika|минут\p{L}?|хвилин\p{L}?|초|분(?:钟|鐘)?|分(?:钟|鐘)?)(?![\p{L}]))`;

/** Lines of stack traces; the names in them are looked at on their own. */
export const stackLine = new RegExp(
  `^[ \\t]*(?:${[
    String.raw`at (?:async |new )?[\w$.<>#/\\@:*\[\]~ -]{1,240}\([^()\n]{0,300}\)(?: in [^\n]{1,200}:line \d+)?(?: \{)?`,
    String.raw`at (?:async |new )?[^\s()]{1,200}:\d+:\d+(?: \{)?`,
    String.raw`at [\w$.<>/\x60+]{1,200}\([^()\n]{0,300}\)(?: in [^\n]{1,200}:line \d+)?`,
    String.raw`--- End of (?:inner exception )?stack trace[^\n]{0,60}`,
    String.raw`File "[^"\n]{1,200}", line \d+(?:, in [\w<>.]{1,80})?`,
    String.raw`\.{3} \d+ (?:more|common frames omitted)`,
    String.raw`[\w./@-]{1,200}\.rb:\d+:in [\x60'][^'\n]{1,80}'`,
    String.raw`(?:\(\w{1,40} \d[\w.-]{0,20}\) )?[\w./-]{1,120}\.exs?:\d+: [\w.]{1,120}[?!]?\/\d{1,2}`,
    String.raw`goroutine \d+ \[\w+\]:`,
    String.raw`from [\w./-]{1,200}:\d+:in [^\n]{1,80}`,
    String.raw`[\w./@-]{1,200}\.(?:go|rs|rb|py|js|ts|php):\d+(?: \+0x[0-9a-f]+)?`,
    String.raw`[\^~]+`,
    String.raw`#\d+ (?:/[^\s]{1,200}\(\d+\): [^\n]{0,200}|\{main\})`,
    'Traceback \\(most recent call last\\):',
    'Stack trace:',
    'stack backtrace:',
    'During handling of the above exception, another exception occurred:',
    'The above exception was the direct cause of the following exception:',
  ].join('|')})[ \\t]*$`,
  'gm',
);

/** The line of the program that a Python traceback shows below a place. */
export const sourceLine =
  /(?<=^[ \t]{1,8}File "[^\n]{1,300}\n)[ \t]{3,12}\S[^\n]{0,300}(?:\n[ \t]{1,200}[\^~]{1,200})?$/gm;

/** What may stand in a failure report whatever its wording is: it tells nothing of what happened. */
export const blanks: readonly RegExp[] = [
  // Times, and what a logger puts before a message.
  /\[[a-z]{1,20}-mcp\]/g,
  /\brdkafka#\S{1,40}\|/g,
  /\b[IWEF]\d{4} [\d:.]{1,20} {1,8}\d{1,8} \w{1,60}\.go:\d{1,6}\]/g,
  /%\d\|\d{1,12}\.\d{1,6}\|[A-Z]{1,10}\|\w{1,40}#\w{1,40}-\d{1,4}\| \[thrd:[^\]\n]{1,120}\]: ?\S{1,120}(?=: Connect)/g,
  /^\[(?=[^\]\n]{0,30}\d\d:\d\d)[ \d.:T/-]{1,40}Z?\]/gm,
  /\b\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?(?: ?(?:Z(?![\w])|UTC\b|GMT\b|[+-]\d\d:?\d\d\b))?(?: UTC)?|(?<=[\w:,(] {0,2})\d{4}[-/]\d\d[-/]\d\d\b/g,
  /\b\d{1,2}\/\d{1,2}\/\d{4} \d{1,2}:\d\d:\d\d(?: [AP]M)?/g,
  /\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}\b/g,
  /\b\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\b/g,
  /^[IWEF]\d{4}\b|^(?:FATA|ERRO|WARN)\[\d{4}\]/gm,
  /(?<![\w"])(?:panic|level|lvl|ts|time|logger|component|msg|err|error|desc|code|caller)=(?=\S)/g,
  /^[\w./@-]{1,120}\.(?:go|rs|rb|py|js|ts|php):\d{1,6}(?::\d{1,6})?:?(?:in [`'][^'\n]{1,80}':)?/gm,
  /\bv\d@v\d\.\d{1,3}\.\d{1,3}\/[\w.]{1,60}:\d{1,5}|\b\w{1,40}\/\w{1,40}\.go:\d{1,5}/g,
  /\bhttps?:\/\/(?<=[\p{L}\ue001\ue002][^\n]{0,30}https?:\/\/)(?:(?:api|rest|graphql|gateway|gw)[.\w-]{1,80}|[.\w-]{1,80}(?::\d{1,5})?\/(?:api|rest|graphql|services|ws|rpc|v\d{1,2})(?=\/))(?::\d{1,5})?(?:\/[^\s"'`<>|)]{0,300})?/giu,
  // Places in the network. An address that stands alone may be that of what the call has made, unless it is one of documentation.
  /\bhttps?:\/\/(?<=[\w\ue001][^\n]{0,30}https?:\/\/)(?![^\s]{0,200}\/\d{1,12}\b(?!\.)|docs\.google|[^\s]{0,200}\/(?:d|t|tickets?|issues?|pull|orders?)\/)(?=[^\s"'`<>|]{0,200}(?:docs?|help|support|login|auth|documentation|developers?|status|aka\.ms|errors?|libcurl|limits?)\b)[^\s"'`<>|]{1,500}/gi,
  /(?<=\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|for(?: url)?|url|request|to|at|from|with|on|access|reach|endpoint|connecting|fetch|fetching|calling|call|requesting|while|proxy|origin)[ :=(["'`«\\]{1,4})(?<!^ {0,12}(?:url|at|to|for)[ :=(["'`«]{1,4})[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'`<>|]{1,500}/gim,
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/(?<=[\p{L}\ue001][^\n]{0,30}[^\w\n][a-z][a-z0-9+.-]{1,20}:\/\/)(?:(?<=(?:unix|npipe|file):\/\/)\/|[\w.@:[\]-]{1,120}|[a-z0-9_.-]{1,60}:\S{0,40}@[\w.:-]{1,120})(?:\/(?:v\d{1,2}|[A-Za-z_.-]{1,40})){0,8}\/?(?:\?[\w=&%.-]{1,200})?(?=[\s"'`<>|)\].,:;]|$)/gimu,
  /(?<=^(?:URL|url): (?:GET|POST|PUT|PATCH|DELETE) )https?:\S{1,300}/gm,
  /\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|Get|Post|Put|Head|Patch|Delete):? {1,2}"?\/[^\s"'`<>)\]]{0,300}/g,
  /\b(?:url|path|endpoint|request)(?: is)?[:=]? ?["'[]?\/[^\s"'`<>)\]]{0,300}\]?/gi,
  /\[?\b(?:\d{1,3}\.){3}\d{1,3}\b\]?(?::\d{1,5})?(?:#\d{1,5})?/g,
  /\[[0-9a-f:]{2,39}(?:%\w{1,20})?\](?::\d{1,5})?|(?<![\w.])::1\b(?:[.:]\d{1,5})?/gi,
  /\blocalhost\b(?:[.:]\d{1,5})?/gi,
  /(?<![\w@/.-])(?:[a-z0-9_](?:[a-z0-9_-]{0,62}[a-z0-9])?\.){1,8}(?:com|org|net|io|dev|app|example|local|internal|corp|lan|test|cloud|svc|intern|invalid|home|arpa|edu|gov|eu|de|fr|uk|nl|it|es|pl|jp|cn|kr|br|tr|se|ch|us|ai|co|me|info|biz)\b\.?(?::\d{1,5})?(?:\/\d{1,3}(?=:))?(?!\()/gi,
  /(?<=\b(?:lookup|resolve|host ?name|host|server|node|address|upstream|to|at|on|reach)[ =:]{1,3}["'“«(]?)[a-z][\w-]{0,62}:\d{2,5}\b/gi,
  // A host in the quotation marks of another language.
  /(?<=\b(?:host|hostnaam|hostname|server|servidor|serveur|hôte|hosta?|nome|nom|nombre|nazwy|имя|узел|rechner)[\p{L}' ]{0,12})[«„“"]\s?(?:[a-z0-9_-]{1,60}\.){1,6}[a-z]{2,24}(?::\d{1,5})?\s?[»“”"]/giu,
  /\bport[ =:]{1,3}"?\d{1,5}\b"?|\bporta \d{1,5}\b/gi,
  /(?<=["'“‘«(\s])\*?:\d{2,5}\b/g,
  /\b(?:ipv4|ipv6)[#:](?=[\s\d])?/g,
  // Codes and statuses.
  /\b(?:28P01|28000|0800[1346]|53300|57P03|HY000|HYT00|0x[0-9A-Fa-f]{4,8})\b|\b(?:rc|ret|hr|winerror|hresult|gRPC|grpc|status_code|reason code|sqlcode)[ =:]{1,3}-?\d{1,10}\b|\$[A-Z][A-Z0-9_]{2,30}\b/g,
  /\b[a-z][a-z0-9_]{1,20}::(?:Status|Error|error)\b/g,
  /'(?:param|code|type)': (?:None|'[\w.-]{1,60}')/g,
  /(?<![\w.#/-])(?:4\d\d|503|529)(?![\w.%/-]\w|[ :,]{0,2}\d)(?! (?:requests|calls|times|rows|records|items|files))/g,
  /\bHTTP\/\d(?:\.\d)?\b/gi,
  /(?:\b(?:errno|error|code|codes|os error|exit(?: code| status)?|exited with|sqlstate|status|errorcode|exception|failure|refused|http|msg|err|curl:|psql:|errno=)[^\w\n]{0,3})-?(?:0x[0-9a-f]{1,8}|[0-9a-z]{1,3}\d{2,5}(?:\/\d{2,5})?|\d{1,6})(?![\w.]\w)/gi,
  /\b(?:AADSTS|ORA-|TNS-|IBM|DPY-|DPI-|SQL|E\d|SQLSTATE|PG::|CS_|SF_|FH_)\d{3,6}\b|\(0x[0-9a-f]{1,8}\)|\b0x[0-9a-f]{4,8}\b/gi,
  /(?<![\p{L}])(?:fehler|erro|erreur|errore|błąd|fout|fel|fejl|feil|virhe|hata|chyba|ошибка|помилка|エラー|错误|錯誤|오류) ?\(?(?:401|429)\)?(?= ?[:：,-])/giu,
  /\b5\d\d[ -]5\.\d\.\d{1,2}\b|\b45\d[ -]4\.\d\.\d{1,2}\b/g,
  /(?<=\bcurl: )\(\d{1,2}\)/g,
  /^(?:MCP )?(?:error|Error) ?-?\d{1,6}\b/gm,
  /\bMCP error -?\d{1,6}\b/gi,
  /\b(?:curl|cURL error|psql|errno|mysql)[: ]{1,2}\(?\d{1,3}\)?:?/g,
  /\bERROR \d{4}\b|\bGot error: \d{4}/g,
  /(?<=\S ?)[([]-?\d{1,6}[)\]](?=[:,.]|\s*$|\s{1,4}(?:Connection|Couldn't|Failed|when))/gm,
  /\((?:111|61|110|113|10061|10060|\d{4,5})(?=[),])/g,
  /^\d{1,2} (?=[A-Z_]{4,20}:)/gm,
  /(?<=\bError: )\d{1,2} (?=[A-Z_]{4,20}:)/g,
  /(?<=\n) {2,8}\d{1,2}: /g,
  /\(HY000(?:\/\d{1,5})?\)|\(28000\)|\([0-9A-Z]{5}\)(?=:)/g,
  /(?<=[\w)] ?)\[\d{1,2}\](?=: | Could| \w)/g,
  /\b(?:[a-z][\w$]{0,30}\.){2,8}(?=\ue001)/g,
  // Waits and limits.
  /(?<=\b(?:at|until|after|before|till|um|à|las|alle) )\d{1,2}[:.h]\d\d(?::\d\d)?(?: ?[AP]M\b| UTC\b| ?Z\b| Uhr\b)?/gi,
  /\d{1,6} ?秒/g,
  new RegExp(
    String.raw`(?:\b(?:retry|try again|wait|available|again|reset|resets|back|after|within)[ _-]?(?:after|in|for)?["']?(?: about)?[ :=]{0,3})?(?<![\w.-])${duration}(?: ?${duration}){0,3}`,
    'giu',
  ),
  /\bretry[ _-]?after(?:[ _-]?(?:ms|seconds?|secs?))?["']?[ :=]{0,3}\d{1,9}(?:\.\d{1,9})?\b/gi,
  /\b\d{1,3} (?:seconds?|minutes?|hours?|days?)(?:\(s\))?(?: ago)?|\b\d{1,4} (?:second|minute|hour|day)\(s\)(?: ago)?/gi,
  // Ids of requests, and versions.
  /\b(?:x[-_])?(?:request|req|trace|correlation|client[- ]request|cf-?ray|ray)[ _-]?id["']?[ :=(#]{1,3}["']?(?:req[_-]\w{1,60}|[0-9a-f]{2,12}(?:-[0-9a-f]{2,12}){1,5}|[0-9a-f-]{8,60}|[A-Z0-9]{8,40}|\w{1,60}(?<=\d\w{0,40})(?<!^\W{0,9}request_id: \w{1,60}))\b|\bRequestID: \w{1,40}/gi,
  /\bv\d{1,3}(?:\.\d{1,4}){0,3}\b|\b(?:TLS|SSL)v?\d(?:\.\d)?\b|\bOAuth ?2(?:\.0)?\b|\b(?:Driver|Client|Version|version) \d{1,4}(?:\.\d{1,4}){0,3}\b/g,
  // A single name as data: the host, user, database or tool that the report is about.
  /(?<!^ {0,12})\b(?:host ?name|host|name|user|role|database|server|registry|context|realm|scope|remote|for|tool|service|resolve|lookup|account|profile|metric|consumer|limit)[ =:]{1,2}(?:"[\w.@:/$-]{1,60}"|'[\w.@:/$-]{1,60}'|`[\w.@:/$-]{1,60}`)/gim,
  /\b(?:quota metric|and limit) '[\w ]{1,60}'/gi,
  /\b(?:lookup|ENOTFOUND|EAI_AGAIN|getaddrinfo|resolve(?: host(?: ?name)?)?:?) [\w.-]{1,80}(?: on (?=\s))?/g,
  /\b(?:executing|calling|running|invoking|call|execute|invoke|in) (?:the )?tool:? ["'`]?[\w./-]{1,64}["'`]?/gi,
  /<[\w.]{1,80} object at 0x[0-9a-f]{1,16}>/gi,
  /\b(?:http|https)ConnectionPool\(host='[^'\n]{1,100}', port=\d{1,5}\)/gi,
  /\((?:RPM|TPM|RPD|TPD|RPS|QPS)\)/g,
  /(?<=\w[ :="'(]{1,4})(?:sk|pk|key|token|api[-_ ]key)[-_](?:test[-_]|live[-_])?[\w*.-]{2,80}/gi,
  /(?<=\bprovided: )[\w*.-]{3,80}/gi,
  /\bx-(?:api-key|auth-token|access-token|ratelimit-[\w-]{1,30}|rate-limit-[\w-]{1,30}|request-id|amzn?-[\w-]{1,40})\b(?:: ?[\w./-]{1,80})?/gi,
  /\b(?:using|with) password: (?:YES|NO)\b/g,
  /\buser '[^'\n]{0,60}'@'[^'\n]{0,80}'/g,
  /\b(?:code|command|syscall|cause)=["']?[A-Z][A-Z_]{1,40}["']?(?![\w-])|\b(?:hostname|host|service|name|server|component|logger)=["']?[a-z][a-z_.]{1,40}["']?(?![\w-])/g,
  /\b(?:code|statusCode|level|status|type|name|cause|errno|severity)=(?=["']?[A-Za-z4]|-?\d{2,6}\b)/g,
  /(?<=\berrno=)-?\d{1,5}\b/g,
  /\b(?:code|syscall|errno|address|port|hostname|config|request|isAxiosError|response|type|level|status|statusCode): (?:'[\w.:-]{1,80}'|-?\d{1,5}|undefined|true|null|\[Object\]|\[\w{1,40}\])(?=[,\n}])/g,
  /\b(?:Uncaught|PHP Fatal error:?)/g,
  /\bin \/[^\s"']{1,200}(?:\.\w{1,4})?(?::\d{1,6}| on line \d{1,6})/g,
  /\bssl:(?:default|True|False)\b/g,
  /\bsha256:[0-9a-f]{2,64}/g,
  /(?<=\bby |\b(?:type|types)\b )\[[\w.]{1,40}\]/g,
];

/** What a report of a limit tells of it. */
export const limits: readonly RegExp[] = [
  /\b(?:limit|maximum|max|limit of|up to)["']?[ :=]{1,3}\d{1,9}(?: (?:requests|calls|req))?\b/gi,
  /\b\d{1,9} (?:requests?|calls|req|tokens|queries)(?: (?:are )?allowed)? ?(?:per|\/|in|every|a) ?(?:\d{1,6} )?(?:(?:milli)?seconds?|minutes?|hours?|days?|weeks?|months?|ms|secs?|mins?|hrs?|[smhd]|user|project|key|client|account|ip|token|window|interval|period)\b/gi,
  /\bper (?:\d{1,6} )?(?:second|minute|hour|day|min|sec)s?(?: per (?:user|project|region))?\b|\bper[ -](?:user|project|minute|second)\b/gi,
];

/** Properties of an error as Node prints them, one a line, and the tags of error pages and of faults. */
export const properties: readonly RegExp[] = [
  /^(?:x-)?rate-?limit-(?:limit|remaining|reset|used): \d{1,13}$/gim,
  /\b(?:nested exception is|Caused by|caused by|Root causes?|Root cause)\b:?/g,
  /^--[^\n]{19,30}-- {2}https?:\/\/[^\s]{1,300}$/gm,
  /<\/?(?:\w{1,12}:)?(?:html|head|title|body|h[1-6]|hr|center|p|div|span|pre|code|br|b|i|em|strong|meta|style|message|msg|errors?|error_?(?:code|message|description)|exception|faults?|faultcode|faultstring|faultactor|detail|details|envelope|header|requestid|request_id|hostid|response|root|reason|description|text|value|subcode|string|service(?:report|exception)\w{0,10}|status|type|title|retryafter|innererror|stacktrace|problem|url|docurl|time|timestamp|bearermethod\w*|resource|key|proposedaction)(?: (?:xmlns(?::\w{1,20})?|\w{1,12}:\w{1,20}|lang|class|style|charset|name|content|http-equiv|version|bgcolor|align|type|id)=(?:"[^"<>\n]{0,200}"|\w{1,20})){0,6} ?\/?>|<\?xml[^<>]{0,100}\?>|<!doctype[^<>]{0,200}>/gi,
  /^ {2,8}(?:address|port|errno|code|syscall|hostname|host): (?:'[^'\n]{1,100}'|-?\d{1,5}),?$/gm,
];

/** The headers of an HTTP response in a transcript. */
export const headerLine =
  /^(?:< ?)?(?:retry-after|(?:x-)?(?:request|correlation|trace|transaction|cloud-trace)-?id|date|content-(?:type|length|encoding)|connection|keep-alive|transfer-encoding|server|www-authenticate|ratelimit-[\w-]{1,40}|x-(?:request-id|ratelimit-[\w-]{1,40}|rate-limit-[\w-]{1,40}|powered-by|frame-options|content-type-options|xss-protection|github-[\w-]{1,40}|amzn?-[\w-]{1,40}|ms-[\w-]{1,40}|runtime|cache|served-by)|cache-control|vary|via|strict-transport-security|access-control-[\w-]{1,40}|cf-[\w-]{1,20}|alt-svc|expires|pragma|allow|age|referrer-policy|content-security-policy):[^\n]{0,400}$/gim;

/** A class of exceptions, with its namespace. */
export const exceptionClass =
  /(?<![\w.:\\$])((?:[\w$-]{1,40}(?:\.|::|\\|\$)){0,8})([A-Za-z]\w{1,60}?(?:Error|Exception|Failure|Fault|Timeout|Refused|Failed|Unauthorized|Unauthenticated|TooManyRequests)|(?<=\b[\w.:\\$]{0,120}(?:exceptions?|errors?)(?:\.|::|\\|\$))[A-Z]\w{2,60}|(?<=[\w$](?:\.|::|\\|\$))(?:Unauthorized|Unauthenticated|TooManyRequests))\b/g;
