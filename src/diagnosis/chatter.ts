import { opensAsReport } from './report.ts';

/** Lines that programs print before they say what failed. */
export const noise: readonly RegExp[] = [
  /^\s*$/,
  /^.{1,200}(?:\.\.\.|…)$/,
  /^\W{0,3}(?:warning|warn|note|hint|info|debug|notice|advertencia|warnung|avertissement)\b[:\s\]]/i,
  /^npm (?:warn|notice|http)\b/i,
  /^\[\w+\] Retrying|^Retrying\b|^\(?Retry(?:ing)? \d/,
  /^--\d{4}-\d\d-\d\d \d\d:\d\d:\d\d--/,
  /^HTTP request sent, awaiting response\.\.\. (?![45]|No data|Read error)/,
  /^(?:SET|BEGIN|COMMIT|ROLLBACK|GRANT|REVOKE|DO|(?:CREATE|ALTER|DROP|LOCK|TRUNCATE) [A-Z ]+|INSERT \d+ \d+|(?:UPDATE|DELETE|SELECT|COPY) \d+)$/,
  /^(?!.*(?:\.\.\.|…) ?(?:failed|falló|fehlgeschlagen|échec|fallito|falhou|nieudane|ошибка) ?: )(?:Resol\w+|Conect\w+|Connect\w+ to|Connexion|Auflösen|Verbindungsaufbau)\b.{0,200}(?:\.\.\.|…) ?.{0,100}$/,
  /^[IW]\d{4} \d\d:\d\d:\d\d\.\d+ |^E\d{4} \d\d:\d\d:\d\d\.\d+ .*\b(?:memcache|reflector|request)\.go:/,
  /^time="[^"]*" level=(?:debug|info|warning)\b/,
  /^Unable to find image '.*' locally$/,
  /^remote: /,
  /^(?:Auto-merging|Collecting|Downloading|Looking in|Updating|Fetching|Pulling|Using default tag|Sending build context|Already up to date|Everything up-to-date)\b/,
  /^(?:To|From) (?:https?:|ssh:|git@|\/)\S*$/,
  // Mercurial, Bazaar and Subversion say what they are about to do.
  /^(?:pushing|pulling|cloning|comparing|updating) (?:to|from|with|into) \S+$|^(?:searching for changes|Updating '[^']*':)$/,
  // Consoles of Oracle.
  /^(?:SQL\*\w+|TNS Ping Utility|Recovery Manager|Export|Import|LSNRCTL)\b[^\n:]{0,60}: (?:Release|Version)\b|^Version \d+(?:\.\d+){2,4}$|^Copyright \(c\)|^Used parameter files:|^Attempting to contact \(|^Used \w+ adapter to resolve/,
  // An echoed command.
  /^[$+]{1,3} ?\S/,
  /^(?:PLAY|TASK|RUNNING HANDLER|PLAY RECAP)\b[^\n]{0,200}\*{3}|^(?:ok|changed|skipping|included): \[/,
  /^[╷╵│]\s*$/,
  /^-{3,}$|^={3,}$/,
];

/** Lines that tell what a program is, what it does and what it has done. They count as noise only without a word of failure. */
export const progress: readonly RegExp[] = [
  /^\s?(?:={1,2}>|-{1,2}>|>{2,3}|[•▶►◎✔✓√☑●○◦⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]️?|\[\d{1,4}\/\d{1,4}\]|\[(?:info|debug|notice|ok|done|success|warn|warning|\+|\*)\])\s{1,4}\S/i,
  /^(?!Missing|Nothing|Failing|Something|Everything|Anything|During|Existing|String|Building\b.*:|Unhandled)[A-Z][a-z]{2,12}ing\b(?!: )/,
  /^(?:Loaded|Started|Found|Connected|Switched|Selected|Authenticated|Refreshed|Opened|Read|Parsed|Prepared|Initiali[sz]ed|Cloned|Resolved|Cached|Built|Copied|Welcome|Last login|Copyright|License|Documentation|Support|Usage data|A new (?:version|release)|An? update|New version|Update available|Run )\b/i,
  // A name and its version, a link, a runtime's own warning.
  /^[A-Za-z][\w()/ -]{0,60}?,? (?:version |v|\(?)\d+\.\d+(?:\.\d[\w+-]{0,30})?\)?(?:[ ,(][^\n:]{0,80})?$/,
  /^\s*(?:\* )?(?:[A-Z][a-z]+: {1,4})?https?:\/\/\S{1,300}$/,
  /^(?:\[?\d{4}[-/]\d\d[-/]\d\d[T ][\d:.,Z+]{5,20}\]?|\[?\d\d:\d\d:\d\d(?:[.,]\d+)?\]?) \[?(?:INFO|DEBUG|NOTICE|TRACE)\b/,
];

/** Warnings of a runtime about itself, whatever their words are. */
const ownWarning =
  /^(?:\(node:\d+\) |\(Use `node )|^(?!PHP )(?:\S{1,160}: )?\w{0,60}Warning: |^\S{1,60}: (?:\[Warning\]|warning:) /i;

const failureWord =
  /\b(?:fail\w*|errors?|denied|refused|expired|time-?out|timed out|closed|lost|reset|unauthori[sz]ed|forbidden|invalid|unable|cannot|could not|can't|not found|unreachable|rejected|aborted|unavailable|exceeded|missing|too many|[45]\d\d)\b|Exception|Error/i;

const isNoise = (line: string): boolean =>
  noise.some((regex) => regex.test(line)) ||
  ownWarning.test(line) ||
  (progress.some((regex) => regex.test(line)) && !failureWord.test(line));

/** Where an error report begins, after what programs print before it; null if every line is noise. */
export const reportBegin = (text: string): number | null => {
  let at = 0;
  for (let lines = 0; lines < 60 && at < text.length; lines++) {
    const next = text.indexOf('\n', at);
    const end = next === -1 ? text.length : next;
    const line = text.slice(at, Math.min(end, at + 400));
    if (!isNoise(line)) return at;
    at = end + 1;
  }
  return null;
};

/** Lines of text that is not the report itself: frames of a stack, what belongs to the line above, advice, closing brackets. */
const trailer =
  /^\s|^[\])}]+[;,]?$|^at |^[NW]: |^(?:hint|note|help|see|for more|for help|try|run|use|please|usage|more info\w*|details|documentation|error: (?:could not|failed to) (?:build|compile)|exit (?:code|status)|exited with|command (?:failed|exited)|process exited|make: \*\*\*)\b/i;

/** A text of more lines is a page or a log. */
const maxLines = 60;
const maxLength = 6_000;

/** Where the last line begins that may be a report by itself, after lines that are none; null if the text is one line or too long. */
export const lastReport = (text: string): number | null => {
  if (text.length > maxLength) return null;
  const end = text.trimEnd().length;
  const lines = text.slice(0, end).split('\n');
  if (lines.length < 2 || lines.length > maxLines) return null;
  let at = end;
  for (let index = lines.length - 1; index > 0; index--) {
    const line = lines[index] ?? '';
    at -= line.length;
    if (line !== '' && (!trailer.test(line) || (!/^\s/.test(line) && opensAsReport(line)))) return at;
    at -= 1;
  }
  return null;
};

const ownError =
  /^(?:\d\d:\d\d:\d\d {1,4})?(?:Encountered an error[:.]|Error while (?:executing|running) [\w -]{2,40} ?: \S)/m;

/** Where a program tells among the lines of its own log that it ended in an error; null if it does not. */
export const runError = (text: string): number | null => {
  if (text.length > maxLength) return null;
  const at = text.search(ownError);
  return at === -1 ? null : at;
};

const clauseEnd = /(?:[:;] |[：；]| [–—→] |：)/g;
const maxClauses = 400;

/** The last clause of a text of one line; null if it has but one. */
export const lastClause = (text: string): string | null => {
  const line = text.trim();
  // What is in parentheses or quotes, or belongs to a step that is done, is no clause of its own.
  if (line.length > maxClauses || line.includes('\n') || /^[✓✔☑"']/.test(line)) return null;
  const last = [...line.matchAll(clauseEnd)].at(-1);
  if (last === undefined) return null;
  const clause = line.slice(last.index + last[0].length).trim();
  const opened = (clause.match(/[([（]/g) ?? []).length;
  return (clause.match(/[)\]）]/g) ?? []).length === opened ? clause : null;
};
