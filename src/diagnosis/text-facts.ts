import { addCode, addNumber, type Facts } from './facts.ts';
import { candidates } from './prefilter.ts';
import { addProductCodes } from './product-codes.ts';

/** The names of the error statuses (RFC 9110, and what servers use beside it). */
export const reasonPhrases =
  'Bad Request|Unauthori[sz]ed|Payment Required|Forbidden|Not Found|Method Not Allowed|Not Acceptable|Proxy Authentication Required|' +
  'Request Time-?out|Conflict|Gone|Length Required|Precondition Failed|(?:Payload|Request Entity|Content) Too Large|URI Too Long|' +
  'Unsupported Media Type|Unprocessable (?:Entity|Content)|Locked|Too Early|Upgrade Required|Too Many Requests|' +
  'Internal Server Error|Not Implemented|Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway Time-?out|Site is Overloaded|' +
  'Client Error|Server Error|page not found';

/** Where a status may be in a text so that it is one, and not a count or a name. */
export const statusPlaces: readonly RegExp[] = [
  /\bHTTP(?:\/\d(?:\.\d)?)?[ -]?(?:error|status|response)?(?:[ -]?code)?[ :=]+\(?([45]\d\d)(?![\d.])/i,
  /\bstatus(?:[ _-]?code)?(?: is| was| of|"? ?[:=])? ?"?\(?([45]\d\d)(?![\w-]|\.\d)/i,
  /\b(?:status|response|error|exit) code:? ([45]\d\d)(?![\w.-])/i,
  new RegExp(`(?<![\\w./#-])([45]\\d\\d):? \\(?(?:${reasonPhrases})\\b`, 'i'),
  /\b(?:returned|responded with|replied with|received|got|unexpected|answered(?: with)?|server replied|failed with|failed:)(?: an?)?(?: (?:http|error|status|response|code|statuscode))*:? ([45]\d\d)(?![\w.-])/i,
  /^(?:[Ee]rror:? |API [Ee]rror:? |Error code: )?\(?([45]\d\d):? (?=[{A-Z"])/m,
  /^code[:=] ?([45]\d\d)(?![\w-])/im,
  /^(?:fehler|erro|erreur|errore|błąd|fout|fel|fejl|feil|virhe|hata|chyba|ошибка|помилка|エラー|错误|錯誤|오류) ?\(?([45]\d\d)\)? ?[:：]/im,
  /\]\[([45]\d\d)\] /,
  /^(?:Error|ERROR|error):? \(?([45]\d\d)\)?\.?$/,
  /\bError:? ([45]\d\d)[:,] /,
  /\b(?:client|server|http|api|request|upstream|remote|response) error:? ([45]\d\d)(?![\w-]|\.\d)/i,
  /(?:^|[ :(])([45]\d\d) \([A-Z][A-Za-z _-]{3,40}\)/,
  /^(?:GET|POST|PUT|PATCH|DELETE|HEAD) \S+: ([45]\d\d)(?![\w.-])/m,
  /^npm (?:error|ERR!) ([45]\d\d) /m,
  /"(?:status|code|statusCode|status_code|error_code)" ?: ?"?([45]\d\d)\b/,
  /\b(?:returned error|error returned|response)[: ]+([45]\d\d)(?![\w.-])/i,
  // The title of a page that a proxy made.
  /^[^\n]{1,80} \| ([45]\d\d): /m,
  /^\s*([45]\d\d)[.!]?\s*$/,
  // In parentheses at the end of a clause, at the end of a line that says what failed, or behind an arrow.
  /[\p{L})'"] \((?:HTTP |code:? |status:? )?([45]\d\d)\)(?=\s*$|[:.,;!]|\s[-–—])/mu,
  /\b(?:fail\w*|errors?|unable|could not|cannot|rejected|refused|denied|fetching|calling|response code was not \d{3})\b[^\n]{0,120}?: ([45]\d\d)\.?$/im,
  /(?:→|->|=>|—>) ?[[(]?(?:HTTP )?([45]\d\d)\b(?![.-]\d)/,
  /\b(?:says|said|gave|answers|reports|rejected with|refused with|blocked with|errored with|was|error) (?:an? )?(?:HTTP )?([45]\d\d)(?=\s*$|[.,;:)]| [A-Z(])/m,
  /(?<!\b(?:ID|Id|id|[Nn]umber|No|[Pp]ort|[Rr]ow|[Ll]ine))[:：] ?([45]\d\d) (?=[A-Z{\u0080-\uffff])/,
];

/** Where a code word may be in a text. */
export const codePlaces: readonly RegExp[] = [
  /\b(connect E[A-Z]{4,14})\b/g,
  /\bError from server \((\w+)\)/g,
  /\bAn error occurred \(([\w.]+)\)/gi,
  /^(?:ERROR: )?\(([A-Z]\w{3,60})\) /gm,
  /^Code: ([A-Z]\w+)$/gm,
  /\bcode = (\w+) desc = /g,
  /\b[Cc]ode: ([A-Z][A-Za-z]{2,40}), (?:message|details|msg): /g,
  // The arguments of an exception, as Python shows them.
  /\b[A-Z]\w{1,60}(?:Error|Exception|Fault)\(['"]([a-z]+(?:_[a-z]+){1,5})['"][,)]/g,
  /<Code>([\w.]+)<\/Code>/gi,
  /^npm (?:error|ERR!) code (\w+)$/gm,
  /\berror occurred: (\w+)$/gim,
  /: ([a-z]+(?:_[a-z]+){1,5})(?=[:\s(]|$)/g,
  /\bMCP error (-\d{5})\b/gi,
  /\b(?:code|error)["']?: ?(-32\d{3})\b/gi,
  /\b((?:E(?!XAMPLE|RROR|VENT|XPECT)[A-Z]{3,14}|EAI_[A-Z]+|UND_ERR_[A-Z_]+|ERR_[A-Z0-9_]+|[A-Z0-9_]*CERT_[A-Z_]+|UNABLE_TO_[A-Z_]+))\b/g,
  /\bSQLSTATE[:= [(]{1,4}([0-9A-Z]{5})\b/gi,
  /\b([A-Z]\w{2,60}(?:Error|Exception|Fault|Timeout))\b/g,
  /["']?\b(?:code|type|error|status|reason|errorType|__type|error_code|errorCode)["']?: ?["']([A-Za-z][\w.-]{2,60})["']/g,
  /\{(?:error|code): ?(\w+)\}/g,
  /\berror=["']?(\w+)/g,
  /^(?:\(error\) )?(NOAUTH|WRONGPASS|NOPERM|NOSCRIPT|READONLY|LOADING|CLUSTERDOWN|MASTERDOWN|TRYAGAIN)\b/g,
  /\b\d{1,2} ([A-Z]{4,}(?:_[A-Z]+){0,4}): /g,
  /(?:^|[ )])([A-Z]{4,}(?:_[A-Z]+){1,4}): /gm,
  /^([a-z]+(?:_[a-z]+){1,6})\.?$/gm,
];

const maxPerPlace = 6;

/** Reads the HTTP status that an error text states; the first place that holds one counts. */
export const addTextStatus = (facts: Facts, text: string): void => {
  for (const place of candidates('statusPlaces', statusPlaces, text)) {
    const match = place.exec(text);
    if (match !== null) {
      addNumber(facts, Number(match[1]));
      return;
    }
  }
};

/** Reads the code words that an error text states. */
export const addTextCodes = (facts: Facts, text: string): void => {
  addProductCodes(facts, text);
  for (const place of candidates('codePlaces', codePlaces, text)) {
    let found = 0;
    for (const match of text.matchAll(place)) {
      if (match[1] !== undefined) addCode(facts, match[1]);
      if (++found >= maxPerPlace) break;
    }
  }
};
