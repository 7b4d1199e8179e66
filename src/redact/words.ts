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

/** Whether a value only refers to a secret or stands in for one: `$VAR`, `${{ secrets.X }}`, `<password>`, `****`. */
export const isPlaceholder = (value: string): boolean =>
  /^(?:\$[A-Z_][A-Z0-9_]*|\$\{[^{}]{0,100}\}|\$?\{\{[^{}]{0,100}\}\}|\{[A-Za-z_][\w. -]{0,60}\}|\$\([^()]{0,100}\)|<[A-Za-z][A-Za-z _-]{0,40}>|<(?:none|nil|null|unset)>|%[A-Z_]+%|[*•.…-]+|\([a-z ]{0,30}\)|%[sdv])$/.test(
    value,
  );

/** Whether a value is the place of a file, as `PWD` and `TOKEN` variables hold it, and no secret. */
export const isFilePath = (value: string): boolean =>
  /^(?:~|[A-Z]:)?[/\\](?:var|etc|run|home|usr|opt|tmp|root|mnt|srv|app|data|proc|Users|secrets|work|workspace)(?:[/\\]|$)/.test(
    value,
  );
