import { wellFormed } from '../text/well-formed.ts';

/** What JSON leaves as it is, but YAML counts as a line break, as not printable, or as a byte order mark. */
const unsafeInYaml = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Makes a JSON text valid YAML on one line, with the same meaning in both. */
export const yamlSafe = (json: string): string => json.replace(unsafeInYaml, escaped);

/** What is the same in a text, in JSON and in YAML: most texts are nothing else. */
const plain = /^[ !#-[\]-~]*$/;

const quoted = (text: string): string => yamlSafe(JSON.stringify(wellFormed(text)));

const ellipsis = '…';
const quotesAndEllipsis = 2 + Buffer.byteLength(ellipsis);

/**
 * Writes a text as a JSON string that is a YAML scalar too, on one line. Halves of characters become U+FFFD.
 *
 * @param maxBytes What it may take, quotes included; a longer text is cut between two characters and ends in `…`.
 */
export const jsonString = (text: string, maxBytes: number): string => {
  if (text.length <= maxBytes - 2 && plain.test(text)) return `"${text}"`;
  // Every character takes at least one byte.
  if (text.length < maxBytes) {
    const whole = quoted(text);
    if (Buffer.byteLength(whole) <= maxBytes) return whole;
  }
  let room = maxBytes - quotesAndEllipsis;
  let kept = '';
  for (const character of text) {
    room -= Buffer.byteLength(quoted(character)) - 2;
    if (room < 0) break;
    kept += character;
  }
  return quoted(kept + ellipsis);
};
