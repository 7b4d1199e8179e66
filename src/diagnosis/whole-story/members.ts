/** An expression for member names: spaces between the names, case and separators do not count. */
const named = (names: string): RegExp => new RegExp(`^(?:${names.trim().split(/\s+/).join('|')})$`, 'i');

/** Members whose value is a code or a kind: it need not tell of a failure. */
export const codeMembers = named(
  'severity level kind category reason_?code @?type __type error_?type code error_?code error_?subtype domain param parameter token_class token_type',
);

/** Members that hold a stack trace. */
export const traceMembers = /^(?:stack|stack_?trace|trace|traceback)$/i;

/** Members that hold the id of a request or of its report: a number in hexadecimal, or the like. */
export const idMembers = named(
  `(?:x[-_])?(?:[a-z]{2,6}[-_])?(?:client[-_]?)?(?:request|req|trace|correlation|span|log|incident|support|cf[-_]?ray|ray|error|activity)[-_]?(?:id|uid|ref|reference) cf_?ray request_?uuid`,
);

/** Members whose no belongs to the failure itself. */
export const noMembers = named(
  'ok success(?:ful)? succeeded status result results data acknowledged global is_?transient transient temporary fatal is_?axios_?error changed is_?operational handled valid authenticated authorized logged_?in connected reachable is_?error cached debug',
);

/** Members that hold the address of a page to read. */
export const pageMembers = named(
  '(?:documentation|docs?|help|more|info|error|support|login|verification|moreinfo)[-_]?(?:uri|url|link|info|page) documentation status_?page twitter email contact support',
);

/** Members that hold the time of a failure. */
export const timeMembers = named('timestamp time date datetime occurred_?at server_?time');

/** Members that say where a failure came from: a single word or address as their value. */
export const placeMembers = named(`
  host(?:name)? address ip port server remote_?(?:host|address|port)? peer endpoint region zone tenant env(?:ironment)? cluster node
  service target target_?service service_?name source component module app application provider origin facility subsystem domain realm
  version api_?version protocol scheme lang(?:uage)? locale user_?agent client driver errno sqlstate vendor_?code
`);

/** Members of thrown errors that say how the request was made. */
export const requestMembers = named(String.raw`
  name file routine length cwd command escapedcommand config request req options input responseheaders timings agent socket syscall
  hostname host port address url uri isaxioserror isoperational exitcode signal signalcode durationms failed timedout iscanceled
  isterminated isgracefullycanceled ismaxbuffer isforcefullyterminated stdio ipcoutput pipedfrom errorlabels retriesleft attemptnumber
  \$fault \$service \$response \$retryable \$metadata
`);

/** Members whose number or yes belongs to the failure itself. */
export const numericMembers = named(`
  unreachable
  (?:http|response|error|grpc|api)?[-_]?(?:status|code)[-_]?(?:code|number)? httpstatuscode error_?subcode errcode error
  retry[-_]?after.* retry_?delay.* backoff.* reset(?:[-_]?(?:at|in|after|time|seconds|ms|epoch))? (?:x-)?rate-?limit.* limit remaining max(?:[-_]?(?:requests|limit|attempts|retries|rate|tokens))? global is_?transient temporary transient
  (?:requested|actual)_?query_?cost maximum_?available currently_?available restore_?rate soft_logout
  retryable fatal seconds nanos ttl timeout(?:[-_]?(?:ms|s|seconds))?
`);

/** Members that failure reports have; their values are read. */
export const memberNames = named(`
  token_class token_type errors? error_?messages? messages? msg details? description reason causes? caused_by root_cause extensions response body data fault faultstring
  errmsg err_msg cost throttle_?status expire_?time expires_?at expired_?at detailed_error
  attempts log tries title type __type code status statustext errorcauses kind category headers? attempt severity level path error_description error_?summary innererror internal exception original_?error inner
  stderr stdout all short_?message original_?message warnings? hint parameters metadata violations retryinfo @type params? context object
  localized_?message content text .tag more_?info user_?presentable_?message http details? help instance error_?subtype
`);
