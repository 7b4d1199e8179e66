/** What comes before and after a word in its line. */
export interface Neighbours {
  /** The word before; empty at the beginning. */
  before: string;
  /** The one before that. */
  earlier: string;
  /** Whether a colon and a blank are between it and the word before. */
  afterColon: boolean;
  /** Whether the word before was a date or a time. */
  afterTime: boolean;
  /** Whether the word before was a number that is kept. */
  afterCode: boolean;
  /** The line, and the end of the word in it. */
  text: string;
  end: number;
}

/** Behind such a word, a number or a name is the code of a failure. */
const codeWords = new Set(
  `code status errno exit exited sqlstate http signal statuscode status_code errorcode error_code errcode rc returncode
  return_code exitcode exit_code exit_status retcode hresult winerror curl subcode vendorcode http/1.0 http/1.1 http/2 http_status`.split(
    /\s+/,
  ),
);
/** The same, if no colon is between them: `error: 5 files are missing` has no code. */
const looseCodeWords = new Set(['error', 'err', 'response', 'returned', 'returns', 'answered', 'responded', 'fault']);
const links = new Set(['with', 'was', 'is', 'of', 'value']);

const httpStatus = /^(?:40\d|41[0-8]|42[1-689]|431|451|499|50[0-8]|51[01]|52[0-7]|530)$/;
/** What follows a status: the end of what the brackets or the colon before it began, or the words that go with one. */
const endsPhrase = /^(?:$|[)\]:,;.!?"'}])/;
const opensPhrase = /^[ ,]*(?:[A-Z(\-–]|(?:for|from|on|when|while|error|response|status|client|server|code)\b)/;
const mailCode = /^[245]\.\d{1,3}\.\d{1,3}$/;

/** Codes of well-known products, each of which means one failure. */
const productCode =
  /^(?:ORA|PLS|TNS|SP2|RMAN|SQL|AADSTS|PGRST|TS|CS|MSB|NU|NETSDK|MY|E|ERR|HY|IM|ER|DPI|DPY|WRN|RPC|LDAP|KRB|AMQ|ARM|CKV|CFN|IDX|DB2|HTTP|XX|P)[-_]?\d{2,8}[A-Z]?$/;
const constantName = /^[A-Z][A-Z0-9_]+$/;
const className = /(?:Error|Exception|Fault|Failure|Timeout|Interrupt)$/;
const windowsCode = /^0x[8c][0-9a-f]{7}$/i;
/** Names of protocols and formats that have a digit. */
const term =
  /^(?:ipv[46]|https?[123]?|h[23]|http\/[\d.]+|tls(?:v?1(?:[._][0-3])?)?|sslv?[23]|utf-?(?:8|16|32)|sha-?\d{1,3}|md5|base(?:32|64)|x\.?509|pkcs\d+|oauth[12]?|oauth2\.0|s3|ec2|r53|k8s|k3s|i18n|u?int\d{1,3}|float\d{1,2}|[fiu](?:8|16|32|64)|v\d(?:(?:alpha|beta)\d)?|p\d\d|db2|log4j|win32|win64|arm64|amd64|x64|x86(?:_64)?|neo4j|web3|es6|r2|gp[23]|http2|socks[45]|ext[34]|level\d|l[234567]|2fa|mp[34]|d1|psycopg[23]|urllib3|ssh2|boto3|python[23]|pg8|mysql2?|libssh2|sqlite3|nghttp2|aiohttp\d?|bs4)$/i;

const ipv4 = /^\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?$/;
const ipv6 = /^\[?(?=[^:]*:[^:]*:)[0-9a-f:.]{2,45}(?:%\w{1,16})?\]?$/i;
const clockTime = /^T?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2}|[ap]m)?$/i;
const dateLike =
  /^(?:\d{4}[-/.](?:\d{1,2}|[a-z]{3})[-/.]\d{1,2}|\d{1,2}[-/.](?:\d{1,2}|[a-z]{3})[-/.]\d{2,4})(?:[T:_-]?\d{1,2}(?::\d{2}){1,2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?$/i;
const numeric = /^[-+~#]?\d[\d.,_]*%?$/;
const hexNumber = /^0x[0-9a-f]+$/i;
const duration = /^\d[\d.]*(?:ns|us|µs|ms|secs?|s|mins?|m|hrs?|h|d)(?:\d[\d.nuµmsh]*s|\d+m)?$/;
const size = /^\d[\d.]*(?:[kKMGTP]i?[bB]?|B|bytes)$/;
const version = /^v\d+\.\d[\w.+-]*$|^\d+\.[\d.]*[-+][\w.+-]*$/i;
/** As long as a hexadecimal id, of which some have no letter. */
const decimalId = /^(?:\d{8}|\d{16,})$/;
const unit = /^ ?(?:[kKMGTP]i?B|bytes?|[mµun]?s|secs?|seconds?|mins?|minutes?|hours?|days?|milliseconds?)\b/;
const longHex = /^[0-9a-f]{16,}$/i;

const fileName =
  /\.(?:py|[cm]?[jt]sx?|go|rs|java|kt|rb|php|cs|c|h|cc|cpp|sh|sql|json|jsonl|ya?ml|toml|xml|html?|css|md|txt|log|csv|tsv|pdf|png|jpe?g|gif|zip|tar|t?gz|bz2|xz|lock|conf|cfg|ini|env|pem|crt|key|db|sqlite|parquet|proto|tf|tfvars|sock|pid|exe|dll|so|jar|war|whl|docx?|xlsx?|bak|tmp)$/i;
const topLevel =
  /\.(?:com|org|net|io|dev|app|cloud|local|internal|intern|lan|corp|home|svc|edu|gov|int|co|de|fr|uk|nl|eu|us|ch|at|jp|cn|ru|br|in|ai|me|info|biz|example|test|invalid|localhost|amazonaws|arpa|tech|xyz|site|online|sh|tv|cc)\.?$/;
/** How names of packages begin that look like hosts. */
const packageName = /^(?:com|org|net|io|java|javax|kotlin|scala|sun|jdk|jakarta|dev)\.[a-z]/;

const hostCharacters = /^[a-z0-9][a-z0-9_.-]*$/;

const isHostName = (name: string): boolean =>
  hostCharacters.test(name) && topLevel.test(name) && !packageName.test(name);

/** The two characters before a word. */
const gapBefore = ({ text, end }: Neighbours, word: string): string => {
  const start = end - word.length;
  return text.slice(Math.max(0, start - 2), start);
};

const isCodePlace = (near: Neighbours, text: string): boolean => {
  const { before, earlier, afterColon } = near;
  const word = (links.has(before) ? earlier : before).toLowerCase();
  if (codeWords.has(word)) return true;
  return looseCodeWords.has(word) && !afterColon && /\w $/.test(gapBefore(near, text));
};

const maskNumber = (text: string, near: Neighbours): string => {
  if (near.afterTime && /^(?:[+-]\d{4}|(?:19|20)\d\d|\d{3,6})$/.test(text)) return '<time>';
  const rest = near.text.slice(near.end, near.end + 24);
  // `ERROR 1045 (28000)`, `550 5.7.1`, `(110: Connection timed out)`
  if (near.afterCode && (mailCode.test(text) || (text.length <= 5 && /^[)\]]/.test(rest)))) return text;
  if (text.length <= 5 && /^: \p{L}/u.test(rest) && near.text.charAt(near.end - text.length - 1) === '(') return text;
  if (text.length <= 7 && isCodePlace(near, text)) return text;
  if (/^\d{3}$/.test(text)) {
    const isStatus =
      opensPhrase.test(rest) || (endsPhrase.test(rest) && /(?:^|[(:["'=]) ?$/.test(gapBefore(near, text)));
    if (isStatus && httpStatus.test(text)) return text;
    if (/^[ -][245]\.\d{1,3}\.\d{1,3}\b/.test(rest)) return text;
  }
  return decimalId.test(text) && !unit.test(rest) ? '<id>' : '<n>';
};

const maskColons = (text: string, near: Neighbours): string => {
  if (clockTime.test(text)) return '<time>';
  if (ipv6.test(text)) return '<host>';
  const at = text.lastIndexOf(':');
  const [name, port] = [text.slice(0, at), text.slice(at + 1)];
  if (/^\d{2,5}$/.test(port) && /^[A-Za-z\d[]/.test(name)) {
    const isHost = ipv4.test(name) || ipv6.test(name) || /^[a-z0-9][a-z0-9._-]*$/i.test(name);
    if (
      isHost &&
      !codeWords.has(name.toLowerCase()) &&
      !fileName.test(name) &&
      !/^(?:line|col(?:umn)?|row|error|byte|pid|id|size|length|count|offset|position|char|port|uid|gid|tcp|udp)$/i.test(
        name,
      )
    )
      return '<host>:<port>';
  }
  if (/^\d+(?::\d+)?$/.test(port) && fileName.test(name.replace(/:\d+$/, ''))) return '<path>';
  // Each part by itself; the colon tells the next one nothing that a blank would not.
  return text
    .split(':', 12)
    .map((part, index, parts) => {
      if (part === '') return '';
      const before = index === 0 ? near.before : (parts[index - 1] ?? '');
      return maskWord(part, { ...near, before, ...(index === parts.length - 1 ? {} : { text: ':', end: 0 }) });
    })
    .join(':');
};

const maskSlashes = (text: string): string | undefined => {
  if (/^(?:\.{0,2}|~)\/./.test(text)) return '<path>';
  if (ipv4.test(text)) return '<host>';
  const parts = text.split('/');
  if (parts.length > 2 || /\d/.test(text) || fileName.test(text)) return '<path>';
  return undefined;
};

/** The expressions that words are held against. */
export const wordShapes: readonly RegExp[] = [
  ...[
    httpStatus,
    endsPhrase,
    opensPhrase,
    mailCode,
    productCode,
    constantName,
    className,
    windowsCode,
    term,
    ipv4,
    ipv6,
  ],
  ...[
    decimalId,
    unit,
    clockTime,
    dateLike,
    numeric,
    hexNumber,
    duration,
    size,
    version,
    longHex,
    fileName,
    topLevel,
    packageName,
  ],
  hostCharacters,
];

/** Replaces what differs from call to call in one word by the name of its kind. */
export const maskWord = (text: string, near: Neighbours): string => {
  if (near.before === 'ENOTFOUND' || near.before === 'EAI_AGAIN') return '<host>';
  if (!/[\d./\\:@]/.test(text)) {
    if (text === 'localhost') return '<host>';
    return longHex.test(text) ? '<id>' : text;
  }
  if (text.includes('://')) return '<url>';
  if (dateLike.test(text)) return '<time>';
  if (term.test(text)) return text;
  if (/^(?:[a-z]:)?\\[^\\]/i.test(text) || text.startsWith('\\\\')) return '<path>';
  if (text.includes('/')) {
    const masked = maskSlashes(text);
    if (masked !== undefined) return masked;
  }
  if (text.includes('@')) return /[^@]@[^@]/.test(text) ? '<email>' : text;
  if (text.includes(':')) return maskColons(text, near);
  if (ipv4.test(text)) return '<host>';
  if (numeric.test(text)) return maskNumber(text, near);
  if (hexNumber.test(text)) return windowsCode.test(text) ? text : '<n>';
  if (duration.test(text)) return '<duration>';
  if (size.test(text)) return '<size>';
  if (version.test(text)) return '<version>';
  if (!/\d/.test(text)) {
    if (fileName.test(text) && !className.test(text)) return '<path>';
    return isHostName(text) ? '<host>' : text;
  }
  if (text.length <= 24 && (productCode.test(text) || isCodePlace(near, text))) return text;
  if (className.test(text)) return text;
  if (text.includes('_') && constantName.test(text) && text.replace(/[^A-Z]/g, '').length * 3 >= text.length * 2)
    return text;
  if (fileName.test(text)) return '<path>';
  return isHostName(text) ? '<host>' : '<id>';
};
