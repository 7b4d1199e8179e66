/** What a variable part of a failure may be: the expression of RE2 that matches one. None matches blanks, but for those that have to. */
const unit = '(?:ns|us|µs|ms|s|secs?|seconds?|m|mins?|minutes?|milliseconds?|h|hrs?|hours?|d|days?)';
const number = '[-+~#]?\\d[\\d.,_]*%?';
const calendar =
  '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}|GMT|UTC|AM|PM|[A-Z]{2,4}T';

export const holes: Readonly<Record<string, string>> = {
  url: '[a-z][a-z0-9+.-]*://[^\\s"\'<>`]+',
  email: '[^\\s"\'<>()@]*@[^\\s"\'<>()]+',
  path: '(?:[a-z]:)?[^\\s"\'<>|;()]*[/\\\\.][^\\s"\'<>|;()]*',
  host: '\\[?[\\w.:%-]*\\w\\]?',
  port: '\\d{1,5}',
  id: '(?:[\\w.+@#~*:-]*\\d[\\w.+@#~*:-]*|[0-9a-f]{8,})',
  version: 'v?\\d+[\\w.+-]*',
  n: `(?:0x[0-9a-f]+|${number})`,
  size: '\\d[\\d.,]*\\s?(?:[kmgtp]i?b?|b|bytes?)',
  duration: `(?:\\d[\\d.,]*\\s?${unit})+`,
  time: `(?:(?:${calendar}|[+-]?\\d[\\w:.,/+-]*)(?:,?\\s+(?:${calendar}|[+-]?\\d[\\w:.,/+-]*))*)`,
  quoted: '(?:"[^"\\n]*"|\'[^\'\\n]*\'|`[^`\\n]*`|“[^”\\n]*”|‘[^’\\n]*’|«[^»\\n]*»|\\\\"[^"\\n]*\\\\")',
  secret: '\\S+',
};

/** The variable parts in the line of a signature, with the name of their kind. */
export const holeIn = new RegExp(`<(${Object.keys(holes).join('|')})>`, 'g');

/** Several of one kind in a row are one in a signature. */
export const listed: ReadonlySet<string> = new Set(['n', 'id', 'host', 'path', 'quoted', 'url', 'email', 'version']);
