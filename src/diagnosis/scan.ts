// biome-ignore-all lint/suspicious/noControlCharactersInRegex: control characters are what is removed here
/** How much of a text is looked at: its beginning and its end. */
export const headLimit = 6_000;
export const tailLimit = 2_000;

const terminalSequence =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_=>])|\u009b[0-?]*[ -/]*[@-~]/g;

/** The ends of a text that are looked at, without terminal sequences and with plain line ends. */
export const scanned = (text: string): string => {
  const ends =
    text.length <= headLimit + tailLimit ? text : `${text.slice(0, headLimit)}\n${text.slice(text.length - tailLimit)}`;
  const plain = ends.includes('\u001b') || ends.includes('\u009b') ? ends.replace(terminalSequence, '') : ends;
  return plain.includes('\r') ? plain.replace(/\r\n?/g, '\n') : plain;
};

const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/g;

const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A text as one line without control characters, cut to `limit` characters. */
export const oneLine = (text: string, limit: number): string => {
  const line = text
    .slice(0, limit * 4)
    .replace(unprintable, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  const cut = line.length <= limit ? line : `${line.slice(0, limit - 1).trimEnd()}…`;
  return cut.replace(loneSurrogate, '\ufffd');
};
