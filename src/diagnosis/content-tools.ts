/** Words in the names of tools that show content of others: pages, files, logs, messages, records. */
const content =
  /(?:^|[_\W])(?:logs?|cat|read|file|files|contents?|history|search|grep|rg|messages?|chat|mail|mails|inbox|thread|threads|comments?|notes?|docs?|pages?|tail|head|journal\w*|events?|diff|blame|show|report|reports|bericht|issues?|tickets?|incidents?|alerts?|console|transcript|wiki|list|dmesg|trace|traces|audit|forum|stackoverflow|faq|kb|snippets?|feed|rss|news|article|articles)(?:$|[_\W])/i;

const inWords = (tool: string): string => tool.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();

/** Whether a tool shows what others wrote, so that an error at the end of its output may be part of that. */
export const printsContent = (tool: string): boolean => content.test(inWords(tool));

const lead = String.raw`^(?:(?:mcp|tools?|shell|bash|sh|cli|utils?|fs|filesystem|files?|text|strings?|git|linux|unix|local|my|run|cmd|exec)[\W_]+)*`;
const settings =
  '(?:config|configuration|conf|env|environment|settings?|vars?|variables?|properties|property|registry|gsettings|sysctl|prefs?|i18n|messages?|labels?|constants?|param|parameters?|flags?)';

/** Tools that print a value which is at hand: a file, a setting, what they were given, what they made of it. */
const valuePrinters = new RegExp(
  `${lead}(?:(?:\\w{1,20}[\\W_])?(?:echo|repeat)(?:[\\W_]\\w{1,20})?|printf|print|say|cat|bat|less|man(?:[\\W_]?pages?)?|tldr|cheat|apropos|errno|perror|decode|encode|(?:base64|b64|url|hex|json|html|qr|rot13|gzip)[\\W_]?(?:decode|encode|unescape|decoder|encoder)|ocr|transcribe|clipboard(?:[\\W_](?:read|get|paste))?|(?:read|get)[\\W_]clipboard|paste|pbpaste|printenv|getenv|env|head|tail|grep|rg|jq|yq|xpath|sed|awk|strings|gettext|` +
    `read[\\W_]?(?:text[\\W_]?)?files?|file[\\W_]?read|${settings}[\\W_](?:get|read|show|value|lookup|print)|(?:get|read|show|print|lookup)[\\W_]${settings}|` +
    // What others keep: a value, a translation, a word, a joke.
    '(?:\\w{1,20}[\\W_])?(?:kv|cache|redis|etcd|consul|memory|key|value|map|dict|hash|var)[\\W_](?:get|read|recall|fetch)|get[\\W_](?:value|key|kv)|get|recall|search|lookup|(?:\\w{1,20}[\\W_])?(?:translate|translator|translation|dictionary|thesaurus|glossary|define|definition|quote|fortune|joke|summari[sz]e|summary|paraphrase|rewrite|stackoverflow|wiki|faq|snippet|note))$',
);

/** How a text begins that tells of the tool's own doing, and is no value: what it could not do, or which program says so. */
const ownDoing =
  /^(?:\W{0,4}error:? )?(?:(?:failed|unable|impossible) to |(?:could not|couldn't|cannot|can't) |error (?:[a-z]+ing|while|when|during|executing)\b|mcp error |(?:tool|mcp|mcptool)\w{0,10}error: |tool \S+ failed|E(?:NOENT|ACCES|PERM|ISDIR|NOTDIR|MFILE|IO|INVAL): [a-z])|^(?:[\w./-]{1,40}|error): \S{1,200}: (?:no such file|permission denied|is a directory|input\/output)|^(?:HTTP\/\d|[<*] )|https?:\/\/|\bhost ?[=:]/i;

const program = /^([a-z][\w.-]{0,30})(?:\[\d+\])?: /i;

/** Whether a lone text is the value that a tool was asked for, though it reads as a failure: the tool does not speak of itself. */
export const isPrintedValue = (tool: string, text: string): boolean => {
  const name = inWords(tool);
  if (!valuePrinters.test(name)) return false;
  const start = text.slice(0, 400).trimStart();
  if (ownDoing.test(start)) return false;
  const named = program.exec(start)?.[1]?.toLowerCase();
  return named === undefined || named === 'error' || !name.split(/[\W_]+/).includes(named);
};
