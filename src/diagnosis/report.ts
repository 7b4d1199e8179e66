import { errorOpening } from './languages/expressions.ts';
import { candidates } from './prefilter.ts';
import { reasonPhrases } from './text-facts.ts';

/** Longer plain text is a page, a file or a log: error reports are short. */
export const reportLimit = 16_000;

/** Marks that some programs put before the first word. */
const marks = /^(?:[│✗✘❌×⨯✖›»!>*\s]+(?=\S))?`?/;

const word = (words: string): RegExp => new RegExp(`^(?:${words})`);

/** Openings which by themselves say that what follows is an error report. */
export const openings: readonly RegExp[] = [
  /^(?:the )?(?:[A-Z][A-Za-z]* ){0,3}(?:error|fatal|failure|panic|critical|fatal error|exception|internal error|unhandled exception)(?: \d{3,5}|\s*\[[\w ./-]{1,40}\]|\s*\([\w .,:/-]{1,60}\))?\*{0,2}:\s*(?=\S)(?!(?:none|null|nil|no|n\/a|false|0|-)\s*$|(?:what|how|why|when) )/i,
  /^(?:<(?:ERROR|FATAL)> |#<(?:[A-Z]\w*::){0,4}HTTP\w+ [45]\d\d )/,
  /^\[(?:error|fatal|critical)\]:? {1,3}(?=\S)/i,
  /^(?:error|Error) (?:response from daemon|from server|from registry|when|while|during|in|on|with|at|from|during|connecting|reading|making|executing|fetching|getting|calling|parsing|validating|acquiring|creating|loading|invoking|sending|opening|writing|running|accessing|retrieving|listing|updating|deleting|initializing|querying|searching|processing|communicating|contacting|performing|looking)\b/,
  /^ERROR \d{3,4} \([0-9A-Z]{5}\)/,
  /^ERROR: \(gcloud\./,
  /^(?!(?:last|previous|recent|first)_?[A-Z])(?:[A-Za-z_]\w{0,60}[.:]{1,2}){0,8}(?:[A-Za-z_]\w{0,60}(?:Error|Exception|Fault|Timeout|Interrupt)|Exception)(?: \[[A-Z_0-9]+\])?(?: \(\w+\))?: ?\S/,
  /^Traceback \(most recent call last\):/,
  /^Exception in thread "/,
  /^Uncaught \w*(?:Error|Exception)\b/,
  /^thread '.*' panicked at /,
  /^goroutine \d+ \[/,
  /^### Error\b/,
  /^MCP error -?\d+: /,
  /^NT_STATUS_[A-Z_]{3,60} /,
  /^(?:npm error|npm ERR!|yarn error|ERR_PNPM_\w+| ?ERR_PNPM_\w+)/,
  /^HTTP\/\d(?:\.\d)? [45]\d\d\b/,
  /^(?:gh|glab|az|aws|oc|kubectl|helm|curl|wget|ssh|scp|sftp|rsync|psql|pg_dump|pg_restore|createdb|mysql|mysqldump|mariadb|redis-cli|mongosh?|docker|podman|skopeo|buildah|git|vault|terraform|cargo|rustc|go|pip3?|node|python3?|ruby|java|make|tar|unzip|nc|telnet|ping|dig|host|kinit|ldapsearch|sqlplus|bq|gsutil|tsc|jq|sudo|su|bash|sh|zsh|\/bin\/\w+|rclone|s3cmd|ftp|lftp|aria2c|http|https|nmap|ansible\w*|ssh-keyscan|fatal|ssh_exchange_identification|kex_exchange_identification|client_loop|packet_write_wait|connect_to \S+ port \d+|channel \d+|cat|ls|cp|mv|rm|mkdir|rmdir|touch|head|tail|grep|rg|find|chmod|chown|stat|df|du|mount|umount|dd|ln|cd|open|tee|sed|awk|wc|sort|diff|patch|install|tr|xargs|env|systemctl|journalctl|service|apt-get|apt|dpkg|yum|dnf|apk|brew)(?:\[\d+\])?: (?=.*\S)/,
  /^(?:[45]\d\d) (?:\{|"[^"]{3,}"$)/,
  /^(?:GET|POST|PUT|PATCH|DELETE|HEAD) \S+: [45]\d\d\b/,
  /^\[(?:GET|POST|PUT|PATCH|DELETE|HEAD) \/\S*\]\[[45]\d\d\] /,
  /^(?:Get|Post|Put|Patch|Delete|Head) "?https?:\/\/[^\s"]+"?: /,
  /^HTTP (?:Error )?[45]\d\d: /i,
  /^Error code: ?(?:[45]|10)\d\d\b(?= -|$)/i,
  /^GraphQL: /,
  /^HTTP request sent, awaiting response\.\.\. (?:[45]\d\d\b|No data|Read error)/,
  /^\[(?:remote )?rejected\]/,
  /^Connection to \S+ (?:closed|failed|lost|refused|reset)\b/,
  /^✖ \d+ problems? \([1-9]\d* errors?/m,
  /^error (?!handl|report|logg|track|budget|monitor|check)[a-z]+ing\b/i,
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ERROR [45]\d\d: /,
  /^(?:Connecting to|Resolving|Conectando|Resolviendo|Connexion|Résolution|Verbindungsaufbau|Auflösen|Connessione|Risoluzione|Łączenie|Подключение|Соединение)[ :].{1,200}(?:\.\.\.|…) ?(?:failed|falló|échec|fehlgeschlagen|fallito|falhou|nieudane|ошибка) ?: /,
  // Ansible's line of a host.
  /^\S{1,80} \| (?:UNREACHABLE|FAILED)!? (?:=>|\| rc=\d+)/,
  // Debian's package manager, and Mercurial.
  /^(?:Err:\d{1,4} \S|[EW]: (?:Failed to fetch|Unable to|Could not) )/,
  /^abort: \S/,
  // MSBuild, and the compilers that speak as it does.
  /^\S{1,200}(?:\(\d{1,6}(?:,\d{1,6}){0,3}\))? ?: (?:fatal )?error [A-Z]{2,8}\d{3,5} ?: \S/,
  /^ERROR! \S/,
  /^[\w.-]{1,60}@[\w.-]{1,200}: Permission denied\b/,
  /^usage: [\s\S]{1,2000}\n(?:\S+: )?error: /i,
  /^\S+:\d+\n[^\n]*\n\s*\^+\s*\n\s*\w*(?:Error|Exception)\b/,
  /^The connection to the server \S+ was refused\b/,
  /^(?:API Error|APIError)\b/,
  /^An? (?:\w+ )?error (?:has )?occurred[ (:]/i,
  /^\([A-Z][A-Za-z]{3,60}\) \S/,
  /^request to \S+ failed, reason: /,
  /^Request failed with status(?: code)? \d{3}/i,
  /^API call to \S+ failed\b/,
  /^rpc error: code = \w+ desc = /,
  /^\d{1,2} [A-Z]+(?:_[A-Z]+){0,4}: /,
  /^dial (?:tcp|udp|unix) /,
  /^lookup \S+(?: on \S+)?: /,
  /^(?:page|locator|frame|browser|browserType|context|elementHandle|apiRequestContext)\.\w+: /,
  /^(?:\(error\) )?(?:ERR|NOAUTH|WRONGPASS|NOPERM|NOSCRIPT|READONLY|LOADING|MOVED|ASK|CLUSTERDOWN|CROSSSLOT|TRYAGAIN|MASTERDOWN|NOREPLICAS|OOM|BUSY|BUSYGROUP|BUSYKEY|NOGROUP|MISCONF|WRONGTYPE|EXECABORT|UNBLOCKED|DENIED|NOTBUSY|NOQUORUM|INPROG) \S/,
  /^(?:E(?:ACCES|PERM|NOENT|EXIST|ISDIR|NOTDIR|MFILE|NOSPC|ROFS|BUSY|IO|STALE|LOOP|NAMETOOLONG|NOTEMPTY|XDEV|INVAL)): [a-z]/,
  /^(?:CONFLICT \([\w/ ]+\): |Automatic merge failed)/,
  /^time="[^"]*" level=(?:fatal|error|panic) msg=/,
  /^(?:FATA|ERRO|PANI)\[\d{4}\] /,
  /^<\?xml[^>]*>\s*<(?:\w+:)?(?:[\w-]{1,20}:)?(?:Error|ErrorResponse|error|exception|Fault|Envelope)\b[\s\S]{0,1000}(?:<Code>|<Message>|<message>|faultstring|:Text\b|<Ack>Failure)/,
  /^<(?:[\w-]{1,20}:)?(?:Envelope|Fault)\b[\s\S]{0,1000}<(?:[\w-]{1,20}:)?(?:faultstring|faultcode|Reason|Text)\b/,
  /^<(?:Error|ErrorResponse|error)\b[^>]*>\s*<(?:Code|code|Error|message|Type)\b/,
  /^(?:<\?xml[^>]{0,120}>\s{0,20})?<methodResponse>\s{0,20}<fault>/,
  /^(?:<\?xml[^>]{0,120}>\s{0,20})?<(?:m:)?error\b[^>]{0,200}>\s{0,20}<(?:m:)?code\b/,
  /^(?:<\?xml[^>]{0,120}>\s{0,20})?<\w{3,60}Response\b[\s\S]{0,600}<Ack>Failure<\/Ack>/,
  /^(?:Sorry, user )?\S{1,40} is not (?:in the sudoers file|allowed to (?:execute|run) )/,
  // IMAP, the logs of Kubernetes, Perforce, and servers that name themselves.
  /^[A-Za-z]{0,4}\d{1,6} (?:NO|BAD) \[?[A-Z]/,
  /^[EF]\d{4} \d\d:\d\d:\d\d\.\d{1,9} {1,8}\d{1,9} \S{1,80}\] \S/,
  /^Perforce (?:password|client error)\b/,
  /^\[[A-Z][\w ]{2,40} (?:Error|ERROR)\] \S/,
  /\b[1-9]\d{0,5} offenses? detected\b|^Found [1-9]\d{0,5} errors? in \d{1,6} files?\b/m,
  // What databases print below the statement that failed.
  /^(?:ERROR(?: at line \d{1,6})?:\s{1,4})?(?:(?:ORA|TNS|RMAN|EXP|IMP|SP2|PLS|UDI|UDE|KUP|LRM)-\d{4,5}: |SQL\d{4,5}N {2})\S/,
  /^(?:svn: (?:warning: [^\n]{1,300}\n)?E\d{6}: |(?:bzr|brz): ERROR: |cvs \[[^\]\n]{1,60} aborted\]: |\w{1,20}(?:\.\w{1,20})? error in \w+ operation: )\S/,
  /^\s{0,10}In \S{1,120}\.php line \d{1,6}:\s/,
  // Reports of tests.
  /^Failures:\n\s{0,4}\n? {0,6}\d{1,4}\) |^ {1,6}\d{1,4}\) [^\n]{1,200}\n(?:[^\n]{0,200}\n){0,4} {2,12}(?:Assertion|Type|Reference|Timeout)?Error\b/,
  /^There (?:was|were) \d{1,5} (?:failures?|errors?):$/m,
  /^ {0,6}\d{1,4}\) (?:test |Test\w*::)|^ {0,8}[1-9]\d{0,5} failing$/m,
  // Reports of builds, and of compilers.
  /^(?:Buildfile: \S{1,200}\s{1,4})?(?:\S{1,40}:\s{1,4}){0,4}BUILD FAILED\b|^(?:rake|cap) aborted!|^# \S{1,120}\n\S{1,120}\.go:\d{1,6}:\d{1,4}: |^\S{1,120}\.rb:\d{1,6}:in [`'][^'\n]{1,80}': /,
  /^(?:Tests: {1,8}[1-9]\d* failed|test result: FAILED\b|FAILED \((?:failures|errors)=|\d{1,6} examples?, [1-9]\d* failures?|Failed! {1,3}- Failed: )/m,
  /^(?:<!DOCTYPE html[^>]*>\s*)?<html[^>]*>\s*(?:<head[^>]*>\s*)?(?:<meta[^>]*>\s*){0,8}<title>\s*(?:(?:Error )?[45]\d\d\b[^<]{0,60}<\/title>|Error<\/title>\s*<\/head>\s*<body>\s*<pre>)/i,
  /^=+ (?:FAILURES|ERRORS) =+$/m,
  /^(?:FAIL|--- FAIL:?) {1,4}\S/,
  /^not ok \d+ /,
  /^[\w./\\-]+\(\d+,\d+\): error TS\d+: /,
  /^[\w./\\-]+:\d+:\d+:? (?:- )?(?:fatal )?error:? /,
  /^You must be logged in to the server\b/,
  /^You must specify [^\n]{1,300}\n+error: /,
  /^(?:[Cc]ould not|[Uu]nable to|[Cc]annot) (?:connect to|resolve|reach)\b/,
  // The classes of errors of packages: `airflow.exceptions.DagNotFound: `.
  /^(?:[a-z_]\w{0,40}\.){1,6}(?:[a-z]\w{0,20}_)?(?:exceptions?|errors?)\.[A-Z]\w{2,60}: \S/,
  /^[0-9A-F]{8,20}:error:[0-9A-F]{6,10}:/,
  /^\d{4,6} \([0-9A-Z]{5}\): \S/,
  /^SQLState = [0-9A-Z]{5}, NativeError = -?\d/,
  /^\[[A-Z]{3,30}(?:_[A-Z]{2,30}){1,6}(?:\.[A-Z_]{3,40})?\] [\s\S]{1,1500}\bSQLSTATE: [0-9A-Z]{5}\b/,
  /^E: The (?:repository|package|list|value|update|method|HTTPS) /,
  // The same words in other languages.
  /^(?:erro|erreur|fehler|errore|błąd|fout|fel|hata|ошибка|エラー|错误|오류) [45]\d\d ?[:：] ?\S/i,
  /^(?:FEHLER|Fehler|Schwerwiegend|fatal|SCHWERWIEGEND|Erreur|ERREUR|erreur|FATAL|PANIK|Errore|ERRORE|errore|Erro|ERRO|erro|Błąd|BŁĄD|błąd|Fout|FOUT|Fel|FEL|Hata|HATA|ошибка|Ошибка|ОШИБКА|ВАЖНО|фатальная ошибка|ПОМИЛКА|Помилка|(?:認証|接続)?エラー|致命的エラー|错误|致命错误|錯誤|오류|치명적 오류|fout)\s{0,3}[:：]\s{0,3}\S/,
  new RegExp(
    `^(?:HTTP )?[45]\\d\\d:? (?:${reasonPhrases})\\b(?:[.:;,!(-]|$| [-–—(]| (?:for|at|on|from|in|while|when)\\b)[^\\n]{0,160}$`,
    'i',
  ),
  word('(?:bash|sh|zsh): (?:line|Zeile|ligne|línea) \\d+: '),
];

/** `Kan bestelling niet plaatsen: `, `Tilauksen luominen epäonnistui: `: what was not done, before a colon. */
export const couldNot =
  /^[^\n:：]{0,100}(?:konnten? nicht|kann nicht|fehlgeschlagen|gescheitert|mislukt|\bkan\b[^:]{1,60} niet|\bkon(?:den)? [^:]{0,40}niet|kunde inte|gick inte att|misslyckades|kunne ikke|mislykkedes|mislyktes|ikke oprettet|epäonnistui|ei voitu|ei onnistu|impossible de|n['’]a pas pu|n['’]a pu|a échoué|échec d|no se pudo|no se puede|no fue posible|falló|fallid[oa](?![a-z])|não foi possível|falhou|falha a|impossibile|non è stato possibile|non riuscit[oa]|fallit[oa]|nie udało się|nie powiodł[oa] się|nie można|nepodařilo|nelze|selhal[oa]|se nezdařil[oa]|не вдалося|не вдалось|не удалось|не уда[её]тся|невозможно|lamadı|lemedi|namadı|nemedi|ramadı|rılamadı|başarısız|(?:ırken|urken|ürken|irken|arken|erken|ında|inde) hata|できません|失敗|失败|无法|未能|不能|못했습니다|수 없습니다|실패)[^\n:：]{0,60}[:：—–-] ?\S/i;

/** Openings which say so only together with words that a pattern knows. */
export const softOpenings: readonly RegExp[] = [
  /^(?:\S{1,120} ){1,6}(?:couldn't|could not|cannot|can't|can not) be (?:downloaded|fetched|loaded|opened|read|retrieved|reached|resolved|installed|saved|written|sent|created|updated|parsed|verified|started|contacted)(?:: | \(| - )/i,
  errorOpening,
  couldNot,
  /^(?:the |your )?\w[\w ]{2,60} (?:was|were|has been|could) not (?:be(?:en)? )?\w{2,20}ed\b[^:\n]{0,20}: \S/i,
  /^(?:X )?(?:failed|unable|impossible) to [a-z]/i,
  /^(?:could not|couldn't|cannot|can't) [a-z]/i,
  /^[\w.-]{1,60}: You /,
  /^(?:[\w.'/-]{1,40} ){1,4}(?:failed|failure|crashed)(?:: | - | \()/i,
  /^[A-Z][\w ]{1,60} (?:returned|reported|got) (?:an? )?(?:http )?error\b/i,
  /^(?:You|Your|Sorry|Please) (?!(?:get|got|see|can|could|might|should|will|may(?! not)|note)\b)[^\n]{1,200}$/,
];

const softLimit = 600;
const explains =
  /\b(?:explained|means|meaning of|how to|what is|why do|heißt|bedeutet|signifie|significa|stands for|is (?:what|how|when|where|why)|yesterday|last (?:week|night|time|month)|everything worked|but|says?|passed|(?:is|was|were|are|been|now) (?:fixed|resolved|retried))\b|(?:解決済み|対処|対策|原因と|已解决|解决(?:方法|方案|办法)|处理方法|해결(?:됨|책| 방법)|대처)|(?<!\p{L})(?:behoben|gelöst|résolue?|resuelt[oa]|solucionad[oa]|risolt[oa]|resolvid[oa]|opgelost|rozwiązan\w|решен[оа]|устранен[оа]|исправлен[оа]|вирішен[оа]|åtgärdad|løst|ratkaistu|vyřešen[oa]?|çözüldü)(?!\p{L})/iu;
/** How a sentence goes on that states an error, and not one that talks about it. */
const statesOn =
  /^(?:["'”»)\]]*\s*)(?:$|[.:;,!({[\n]|(?<=\s)[—–-]|\S*\/|\w+ly\b|(?:access to|to|by|on|at|while|when|for|from|in|because|after|with|during|due|before|against|as|but|and|until|of|via|is|was|has|that|who|or)\b|[^\0-\x7f]|\s?(?:por|par|pour|der|des|del|de|du|dem|den|la|le|el|il|da|di|do|dos|van|von|vom|voor|na|beim?|zum|zur|wegen|durch|à|al|au|aux|temporal\w*|moment\w*|l[’'])(?=\s|$)| ?[^\0-\x7f])/i;

/** Whether a text opens as a sentence about a failure does; what fails, a pattern has to say. */
export const opensAsSentence = (text: string): boolean =>
  text.length <= softLimit &&
  !explains.test(firstLine(text)) &&
  candidates('softOpenings', softOpenings, text).some((opening) => opening.test(text));

/** Whether the rest of a text after the words of a failure still states it. */
export const staysReport = (text: string, end: number): boolean =>
  !explains.test(firstLine(text)) && statesOn.test(text.slice(end, end + 40));

const firstLine = (text: string): string => {
  const end = text.indexOf('\n');
  return text.slice(0, Math.min(end === -1 ? 300 : end, 300));
};

const firstWord = (line: string): string => line.replace(marks, '');

/** Whether a text opens as an error report does. */
export const opensAsReport = (text: string): boolean => {
  const start = firstWord(text.slice(0, 1_200));
  return candidates('openings', openings, start).some((opening) => opening.test(start));
};

const heading = /^#{1,6} \S/gm;
/** A first line with a rule below it, as the title of a document has. */
const title = /^[^\n]{3,80}\n(?:={3,}|-{3,})\n/;
/** A list of counts, as in `timeouts: 0`. */
const setting = /^[\w.-]{2,40}\n"?-?\d[\d.]*"?\s*$/;
const tally = /^(?:[^\S\n]*[\w -]{2,40}: ?\d+(?:\.\d+)?%?,?(?:\n|$)){2,}$/;
const exceptionLine =
  /^(?:[\w.]+(?:Error|Exception|Exit|Interrupt|Timeout|Warning)\b|The above exception|During handling)/;

/** What pages say that explain an error. */
const explanation =
  /\b(?:status code indicates|RFC \d{4}|Specifications?:|[Ss]ent when|(?:returned|sent|thrown|raised|shown) (?:when|if|where) |\ba base class\b|[Ss]ee also\b)/;

/** What the record of an error tells that was seen earlier. */
const recordLine =
  /^\s{0,8}\**(?:First seen|Last seen|Events|Users|Status|State|Assignee|Reporter|Priority|Resolved|Environment|Occurrences)\**: ?\S/gim;

const errorWord = /\bE[A-Z]{4,14}\b|(?<![:.\w])(?!443)[45]\d\d\b(?= [A-Za-z]|:|\)|,)/g;

/** Whether a text reports three errors or more that have nothing to do with each other, as a list or a manual does. */
const isCatalogue = (text: string): boolean => {
  const words = new Set(text.match(errorWord));
  words.delete('ERROR');
  return words.size >= 3;
};

const logLine = /^(?:\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d|\[?\d\d:\d\d:\d\d|(?:INFO|WARN|DEBUG|TRACE)\b|level=\w)/gm;
/** A line of a log that reports nothing bad. */
const plainLogLine =
  /^(?:\[?\d{4}[-/]\d\d[-/]\d\d[T ][\d:.,Z]+\]? *\[?(?:INFO|DEBUG|NOTICE)\b|time="[^"]*" level=(?:info|debug)\b|\[(?:LOG|INFO|DEBUG|log|info|debug)\] )/;
const endsWell =
  /\b(?:retry ok|recovered|connected to|succeeded|listening on|successfully|is ready|resolved)\b|\b200\b/i;

/** A last line that says of the whole that it succeeded. */
const doneLine =
  /\b(?:exit(?:ed)?(?: with)?(?: code| status)?:? 0|[Bb]uild succeeded|BUILD SUCCESS\w*|all (?:checks|tests) passed)\b|^(?:Done|OK|PASS|Success|Finished successfully)[.!]?$/;

/** Whether a text is a log that goes on after the failure. */
const isLog = (text: string): boolean => {
  if ((text.match(logLine) ?? []).length >= 2) return true;
  const lines = text.trimEnd().split('\n');
  if (lines.length < 2) return false;
  const last = lines.at(-1) ?? '';
  return (
    plainLogLine.test(last) || doneLine.test(last) || (/\bretrying\b/i.test(lines[0] ?? '') && endsWell.test(last))
  );
};

/** A sentence and what it means, as a dictionary has it. */
const translation = /^[\p{L} ,.'’-]{4,80} = [\p{L} ,.'’-]{4,80}$/mu;
/** A line that opens by saying that all is fine. */
const fineStart = /^(?:Success|OK|Passed|All good)[:!.] /;
const fineHost =
  /^\S{1,80} \| (?:SUCCESS|CHANGED) (?:=>|\| rc=0)(?![\s\S]{0,4000}^\S{1,80} \| (?:FAILED|UNREACHABLE))/m;
/** The count of a run whose failures were meant to be ignored. */
const recap = /\bunreachable=0\b[^\n]{0,40}\bfailed=0\b/;

/** The parts of an article about an error, or of a question and the responses to it. */
const article =
  /^(?:problem|cause|causes|solution|solutions|answers?|resolution|workaround|symptoms?|explanation|how to fix(?: it)?):?\s*$|^Asked \d+ \w+ ago\b/im;
/** A first line that explains an error. */
const explainsFirst = /^[^\n]{1,120} means that (?:you|your|the|a|an)\b/i;
/** Keys of a catalogue of messages, as programs translate them. */
const messageKeyed = /^(?:[a-z]\w{0,40}(?:\.[a-z]\w{0,40}){1,6} ?[:=] ?\S[^\n]{0,200}(?:\n|$)){2}/;
/** Lines of a console: an error, and what was logged beside it. */
const consoleLines = /^\[(?:error|warning|warn)\] [\s\S]{1,4000}\n\[(?:log|info|debug)\] /i;
/** The end of a build that succeeded whatever its steps said. */
const endedWell = /\b(?:exited with|exit (?:code|status):?) 0\b\.?[^\n]{0,20}$|^==> Builds finished\. /m;

const exits =
  /(?:\bprocess exiting|\bexiting(?: now)?|\baborting|\bexit(?:ed|ing|s) with (?:exit )?(?:code|status)[ :]{1,2}[1-9]\d{0,2})[.!]?$/i;

/** Whether the last line of a log says that the program ended before it had done its work. */
export const endsInExit = (text: string): boolean => {
  const line = text.slice(text.trimEnd().lastIndexOf('\n') + 1).trimEnd();
  return text.length <= 6_000 && line.length <= 300 && exits.test(line);
};

/** Whether a text goes on as a page or a log does, or with an account of the stack trace above. */
export const readsAsPage = (text: string): boolean => {
  if (text.startsWith('### ')) return false;
  if (/^std(?:err|out) \| /.test(text)) return true;
  if (title.test(text) || setting.test(text) || (text.length <= 2_000 && tally.test(text))) return true;
  if (translation.test(text) || recap.test(text) || fineHost.test(text) || fineStart.test(text)) return true;
  if (article.test(text) || explainsFirst.test(text) || messageKeyed.test(text) || consoleLines.test(text)) return true;
  if (endedWell.test(text.trimEnd())) return true;
  if (explanation.test(text) || (text.match(recordLine) ?? []).length >= 2) return true;
  if (isLog(text) || isCatalogue(text) || (text.match(heading) ?? []).length >= 2) return true;
  if (text.startsWith('Traceback ')) {
    // A traceback ends with its exception; text of its own after that is someone's account of it.
    const lines = text.trimEnd().split('\n');
    const lastFrame = lines.findLastIndex((line) => line.startsWith('  '));
    const rest = lines.slice(lastFrame + 1);
    const gap = rest.indexOf('');
    return gap !== -1 && !rest.slice(gap + 1).some((line) => exceptionLine.test(line));
  }
  return false;
};
