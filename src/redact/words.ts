/** What is after the name of a secret without being one: states, types, beginnings of a sentence. */
const proseWords = new Set(
  `a an and any are argument as at be been but by can cannot could did does empty error expected expiry expires expired
  expiring exists fail failed fails fault field file flag for forbidden found from given got grant has have here if in
  incorrect invalid is it its least login malformed may mismatch missing missed must need needed needs never new no none
  nope not null nil of ok on only option optional or parameter passed present prompt provided read refused rejected
  request requested required requires reset revoked rotated set setting shall should skipped stdin still than that the
  this to too true false undefined unauthorized unexpected unknown unset unsupported updated used using valid validation
  value verification verified via was were which will with without wrong yes you your y n denied disabled enabled changed
  deleted created pending active inactive unavailable authentication authorization configured default off opaque
  string str text number integer int bool boolean bytes any object array char varchar stringarray secretstr optional[str]
  uuid guid jwt hex json yaml xml date datetime timestamp blob binary password secret token key
  optional unchanged hidden masked expiring never always unlimited
  warning info debug success succeeded write admin list granted`
    .split(/\s+/)
    .filter(Boolean),
);

/** Whether a value is a plain word that tells about a secret instead of being it. */
export const isProseWord = (value: string): boolean => proseWords.has(value.toLowerCase());

const plainWord = /^["'`(]*[\p{L}\d'-]*[)"'`.,:;!?]*$/u;

/** Whether a text of several words is a sentence about a secret, such as a validation message. */
export const isSentence = (value: string): boolean => {
  const words = value.slice(0, 300).trim().split(/\s+/);
  // Where one word is of letters and digits, or has symbols in it, the whole may be a passphrase.
  if (words.length < 3 || !words.every((word) => plainWord.test(word) && !/[A-Za-z]\d|\d[A-Za-z]/.test(word)))
    return false;
  return words.filter((word) => isProseWord(word.replace(/[^\p{L}]/gu, ''))).length * 4 >= words.length;
};

/** Whether a value looks machine-generated or meant to be hard to guess: has digits, symbols or inner capitals. */
export const isOpaque = (value: string): boolean =>
  value.length >= 4 && (/[0-9!@#$%^&*+=~/|<>{}[\]]/.test(value) || /[a-z][A-Z]/.test(value));

/** Whether a variable holds the working folder, though its name is short for a password elsewhere. */
export const isWorkingFolder = (name: string, value: string): boolean =>
  /^(?:old)?pwd$/i.test(name) && /^(?:~|[A-Za-z]:)?[/\\][\w ./\\@+~-]*$|^~$/.test(value);

const classOf = (char: string): string => (/[a-z]/.test(char) ? 'lower' : /[A-Z]/.test(char) ? 'upper' : 'digit');

/** The mean length of the runs of small letters: 1.7 among random letters and digits, 3 and more in `camelCase`. */
const meanRun = (text: string): number => {
  const runs = text.match(/[a-z]+/g) ?? [''];
  return runs.join('').length / runs.length;
};

/** Whether letters and digits alternate as in a generated token; in words, versions and names they seldom do. */
export const isRandom = (value: string): boolean => {
  const chars = [...value.slice(0, 200).replace(/[^A-Za-z0-9]/g, '')];
  if (chars.length < 8 || !/[0-9]/.test(value)) return false;
  const changes = chars.filter((char, at) => at > 0 && classOf(char) !== classOf(chars[at - 1] as string)).length;
  const isMixedCase = /[A-Z]/.test(value) && /[a-z]/.test(value);
  // Of random characters, 62 % change the class if there are capitals, else 40 %.
  return changes >= (isMixedCase ? 0.3 : 0.22) * (chars.length - 1) && (!isMixedCase || meanRun(chars.join('')) < 2.8);
};

/** Names of algorithms and formats, which have digits as secrets do. */
const algorithm =
  /^(?:base|sha|utf|md|oauth|argon|bcrypt|[rhep]s|aes|rsa|ed|x|v|http|tls|ssl|ipv|pbkdf|pkcs|iso|latin|ascii)[-_]?\d{1,5}(?:[-_./][a-z\d]{1,9}){0,4}$/i;

/** Whether a value is made of whole words and whole numbers, such as `app-tls-2026`, or names an algorithm. */
export const isIdentifier = (value: string): boolean =>
  /^(?:[A-Za-z]+|\d+)(?:[-_./:@](?:[A-Za-z]+|v?\d+))*$/.test(value) || algorithm.test(value);

/** Whether a value that nothing but its place gives away is a secret: it has letters and digits, and is no name. */
export const looksSecret = (value: string, atLeast: number): boolean =>
  value.length >= atLeast &&
  /\p{L}/u.test(value) &&
  /\d/.test(value) &&
  !/:\/\/|^[/.~]|^[A-Za-z]:\\|^\w+\(\d*\)$|^\d{4}-\d\d-\d\d/.test(value) &&
  !isIdentifier(value) &&
  !isPlaceholder(value);

/** Whether a value only refers to a secret or stands in for one: `$VAR`, `${{ secrets.X }}`, `<password>`, `****`. */
export const isPlaceholder = (value: string): boolean =>
  /^(?:\$[A-Z_][A-Z0-9_]*|\$\{[^{}]{0,100}\}|\$?\{\{[^{}]{0,100}\}\}|\{[A-Za-z_][A-Za-z_. -]{0,60}\d?\}|\$\([^()]{0,100}\)|<[A-Za-z][A-Za-z _-]{0,40}>|<(?:none|nil|null|unset)>|%[A-Z_]+%|[*•.…-]+|\([a-z ]{0,30}\)|%[sdv])$/.test(
    value,
  );

/** Whether a value is the place of a file, as `PWD` and `TOKEN` variables hold it, and no secret. */
export const isFilePath = (value: string): boolean =>
  /^(?:~|[A-Z]:)?[/\\](?:var|etc|run|home|usr|opt|tmp|root|mnt|srv|app|data|proc|Users|secrets|work|workspace)(?:[/\\]|$)/.test(
    value,
  );
