import { candidates } from './prefilter.ts';

/** What a client of a tool puts before the tool's own words. */
export const wrappers: readonly RegExp[] = [
  /^MCP error -3260[03]: /i,
  /^(?:McpError|MCPError|ToolError|ToolException|ToolExecutionError): /,
  /^(?:MCP )?(?:error|failure|exception) (?:executing|calling|running|invoking|in|from|with|handling|processing)(?: the)?(?: mcp)?(?: (?:tool|function|action|operation|command|method)(?: call)?)(?: ['"`]?[\w./:-]{1,80}['"`]?)?(?: \(\w{1,20}\))?: /i,
  /^error (?:executing|calling|running|invoking) ['"`]?[\w./-]{1,80}['"`]?: /i,
  /^(?:MCP )?tool (?:(?:call|execution) )?(?:['"`]?[\w./:-]{1,80}['"`]? )?(?:(?:call|execution) )?(?:failed|error|errored|threw|crashed|returned an error)(?: with(?: an)?(?: error)?)?: /i,
  /^(?:['"`]?[\w./-]{1,80}['"`]? )?tool (?:call |execution )?(?:failed|error): /i,
  /^failed to (?:execute|call|run|invoke) (?:the )?(?:tool|function) ['"`]?[\w./:-]{1,80}['"`]?: /i,
  /^(?:upstream|remote|downstream|backend|api|server|service) (?:error|said|says|reported|responded|response|returned)(?: with)?: /i,
  // Marks without a meaning of their own.
  /^[^\p{L}\p{N}\s"'`([{<|\\/$#.+-]{1,4}\s+(?=\p{L})/u,
];

/** Takes away what clients put before an error, again and again; the words of the tool are left. */
export const unwrapped = (text: string): string => {
  let rest = text.trimStart();
  const possible = candidates('wrappers', wrappers, text);
  for (let taken = 0; taken < 4; taken++) {
    const head = rest.slice(0, 240);
    const wrapper = possible.map((one) => one.exec(head)?.[0]).find((found) => found !== undefined);
    if (wrapper === undefined || wrapper.length >= rest.length) break;
    rest = rest.slice(wrapper.length).trimStart();
  }
  return rest;
};

/** What programs put before their messages, in the order in which it is tried. */
export const prefixes: readonly RegExp[] = [
  ...wrappers,
  // A date and time, a level, a place in the source.
  /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d (?!\[|[A-Z]{4,})/,
  /^[[<(](?:error|err|fatal|critical|crit|severe|panic|alert|emerg)[\]>)]:? /i,
  /^(?:error|err|fatal|critical|severe|panic|abort|exception|unhandled exception|uncaught exception)[.:] {1,4}/i,
  /^(?:PHP )?(?:fatal error|warning|parse error|notice): {1,4}/i,
  /^(?:uncaught|caused by:) /i,
  /^\S{1,120}:\d{1,6}(?::\d{1,6})?:(?:in [`'][^`'\n]{1,80}[`']:)? /,
  // A number or a code of the program's own.
  /^(?:code|error|err|msg|errno)[:.]? #?-?\d{1,8}(?: \(\w{1,20}\))?[.:,]? ?(?:-? )?(?=[A-Za-z"'])/i,
  /^[A-Z]{1,8}-?\d{3,9}[A-Z]?: /,
  /^ERROR \d{3,5}(?: \(\w{5}\))?(?: at line \d{1,6})?: /,
  /^\((?:[0-9A-Z]{5}\/)?\d{3,5}\): /,
  /^\[[A-Z]{3,30}(?:_[A-Z]{2,30}){1,6}(?:\.[A-Z_]{3,40})?\] /,
  /^\[!\] (?=\S)/,
  /^\(?(?:SQLSTATE[[(: ]{0,2})?[0-9A-Z]{5}[\])]{1,2}:? /,
  // The class of an exception.
  /^(?:[A-Za-z_]\w{0,60}[.:$]{1,2}){0,8}[A-Z]\w{0,60}(?:Error|Exception|Fault|Failure)(?:\$\w{1,60})?(?: ?[[(][\w ]{1,40}[\])])?: /,
  /^(?:cURL|API|HTTP|SQL|SSH|FTP|SMTP|LDAP|S3|RPC|DNS|TLS) error(?: \d{1,5})?(?: \(\d{3}\))?: /i,
  /^[a-z][\w-]{1,30}(?: [\w-]{1,30}){1,5} (?:failed|error): /i,
  /^\[[A-Z][\w ]{2,40} (?:Error|ERROR)\] [^\n]{0,400}\n\[ERROR\]\s{1,8}(?:› {0,6})?/,
  /^[EF]\d{4} \d\d:\d\d:\d\d\.\d{1,9} {1,8}\d{1,9} \S{1,80}\] /,
  // What a program was doing, and what it did it with.
  /^(?:[\w-]{1,30} ){1,3}error (?:in|during|while|from|at|on) [\w .-]{1,60}: /i,
  /^error processing \w{1,20} '[^'\n]{1,120}': /i,
  // The place in the source, as Symfony's console shows it above its message.
  /^\s{0,10}In \S{1,120}\.php line \d{1,6}:\s{1,400}/,
];

/** A program, or a part of one, and what it says. */
export const program = /^([a-z][\w.+-]{0,40}|[A-Za-z]\w{1,40}\(\))(?:\[\d{1,8}\]|\(\w{1,12}\))?: {1,2}(?=\S)/i;

/** Names of members: a program is not called so, and `status: unauthorized` is a value that was asked for. */
const member =
  /^(?:q|a|question|answer|re|fwd?|aw|wg|from|to|cc|date|status|state|reason|message|msg|results?|title|name|subject|value|description|desc|notes?|summary|comment|text|level|type|kind|code|health|condition|phase|output|stdout|stderr|key|id|label|tags?|last[\w.-]*|previous|current|expected|received|actual|got|data|info|response|answer|example|usage|see|fix|feat|chore|docs|test|refactor|todo|warning|notice|hint|tip|[\w.-]*_(?:error|status|message|reason|state))$/i;

const value = /^[\w./ -]{1,40}: ?\S/;
const remark = /^(?:error|fatal|hint|note|caused by|warning|see|try|usage)\b/i;

/** Whether the lines of a text name different things before their colons, as a list of values does. */
export const isValueList = (text: string): boolean => {
  const names = text
    .split('\n', 16)
    .filter((line) => value.test(line) && !remark.test(line))
    .map((line) => line.slice(0, line.indexOf(':')));
  return new Set(names).size > 1;
};

const maxPrefixes = 6;

/** A text, and what is left of it each time that something is taken away which programs put before their messages. */
export const messagesIn = (text: string): readonly string[] => {
  const messages = [text];
  let rest = text;
  const possible = candidates('prefixes', prefixes, text);
  while (messages.length <= maxPrefixes) {
    const head = rest.slice(0, 400);
    const prefix = possible.map((one) => one.exec(head)?.[0]).find((found) => found !== undefined);
    if (prefix !== undefined) rest = rest.slice(prefix.length).trimStart();
    else {
      const named = program.exec(head);
      if (named === null || member.test(named[1] ?? '') || (messages.length === 1 && isValueList(text))) break;
      const left = rest.slice(named[0].length);
      // One word after a name is a value.
      if (!/^\S+\s+\S/.test(left)) break;
      rest = left;
    }
    messages.push(rest);
  }
  return messages;
};
