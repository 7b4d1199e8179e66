/** An expression for member names: spaces between the names, case and separators do not count. */
const named = (names: string): RegExp => new RegExp(`^(?:${names.trim().split(/\s+/).join('|')})$`, 'i');

/** Members whose value is a code or a kind: it need not tell of a failure. */
export const codeMembers = named(
  '@?type __type error_?type code error_?code error_?subtype domain param parameter token_class token_type',
);

/** Members that hold a stack trace. */
export const traceMembers = /^(?:stack|stack_?trace|trace|traceback)$/i;

/** Members that say which request it was or where to read more: nothing in them happened because of the call. */
export const ignoredMembers = named(`
  ts logger caller target
  (?:x[-_])?(?:client[-_]?)?(?:request|req|trace|correlation|span|log|incident|support|cf[-_]?ray|ray|error|activity)[-_]?(?:id|uid|ref|reference)
  (?:documentation|docs?|help|more|info|error|support|login|verification|moreinfo)[-_]?(?:uri|url|link|info|page) documentation
  timestamp time date path locations? position line column col method errno severity level jsonrpc logref is_?error headers? schema
  acceptedscopes scopes needed provided category policyname kind apiversion selflink user_?error response_?metadata retry_?info
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
  unreachable attempt
  (?:http|response|error|grpc|api)?[-_]?(?:status|code)[-_]?(?:code|number)? httpstatuscode error_?subcode errcode error
  retry[-_]?after.* retry_?delay.* backoff.* reset.* (?:x-)?rate-?limit.* limit remaining max.* global is_?transient temporary transient
  retryable fatal seconds nanos ttl timeout.*
`);

/** Members that failure reports have; their values are read. */
export const memberNames = named(`
  errors? error_?messages? messages? msg details? description reason causes? caused_by root_cause extensions response body data fault faultstring
  title type __type code status statustext errorcauses error_description error_?summary innererror internal exception original_?error inner
  stderr stdout all short_?message original_?message warnings? hint parameters metadata violations retryinfo @type params? context result object
  localized_?message content text user_?presentable_?message http details? help instance error_?subtype
`);
