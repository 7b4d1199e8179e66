/** Names of errors in any spelling: `RateExceeded`, `ACCESS_REFUSED`, `token_expired`, `third-party-auth-error`. */
const names =
  /(?<![\w/."'`$-])(?:[A-Z][a-z]+(?:[A-Z][a-z]+){1,6}|[A-Z]{2,}(?:_[A-Z]{2,}){1,6}|[a-z]{2,}(?:_[a-z]{2,}){1,6}|[a-z]{2,}(?:-[a-z]{2,}){1,6})(?![\w/"'`=-]|\.\w)/g;
const maxNames = 24;

/** The words of a name, without those that every name of an error may have. */
const spelled = (name: string): string =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z]+/g, ' ')
    .trim()
    .toLowerCase()
    .replace(/ (?:exception|fault|message)$/, '');

/** The codes of a failure and the names in its text in words, one a line, so that what knows words knows codes of any spelling. */
export const spelledOut = (codes: readonly string[], text: string): string => {
  const found = [...text.matchAll(names)].slice(0, maxNames).map(([name]) => name);
  const words = [...codes, ...found].map(spelled).filter((line) => line.includes(' '));
  return [...new Set(words)].join('\n');
};

/** A number that is an HTTP status, unless it counts something. */
const status = /(?<![\w.,#$€£/+-])(40[013478]|409|41[0357]|42[2459]|50[0234]|529)(?![\w/%]|[.,:]\d|-\w)/g;
/** What stands before a status: who answered, or a mark. */
const before =
  /(?:[(:=→>[—–]|->|(?<![\p{L}])(?:with|says?|said|answer(?:ed|s)?|return(?:ed|s)?|respon(?:ded|se|ds)|got|gave|gives|status|code|https?|error|fehler|erreur|erro|errore|błąd|ошибка|mit|avec|con|com|respondió|respondeu|antwortete|a répondu)|返回|错误|エラー|오류)\s?$/iu;
/** What follows one. */
const after = /^(?:[\])]|[.!;,:]?\s*$|[.!;,:]\s|\s[-–—(:]| (?=\p{Lu}\p{Ll})| (?:this|again|from|on|while)\b)/mu;
/** What makes a number anything else. */
const counts =
  /(?<![\p{L}])(?:lines?|rows?|page|port|id|at|no\.?|number|nr\.?|order|item|took|after|expected|than|of|zeile|ligne|línea|version|exit code|pid|build|issue|pr|ticket)\s?[:#(]?\s?$/iu;

/** The first number in the text of a failure that can only be the HTTP status of a response, though no rule names its place. */
export const looseStatus = (text: string): number | undefined => {
  for (const match of text.matchAll(status)) {
    const lead = text.slice(Math.max(0, match.index - 24), match.index);
    const rest = text.slice(match.index + 3, match.index + 40);
    if (!counts.test(lead) && (before.test(lead) || after.test(rest))) return Number(match[1]);
  }
  return undefined;
};

/** All expressions of this file, to be checked for super-linear behaviour. */
export const looseExpressions = [names, status, before, after, counts];
