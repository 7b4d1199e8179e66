/** Controls, invisible characters, those that turn the direction of text, line separators, and halves of characters. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const unitsOf = (character: string): string =>
  [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');

/** Makes a text safe to show on a terminal, on one line: what would steer the terminal is shown as an escape. */
export const printable = (text: string): string =>
  text.replace(unprintable, (character) => short[character] ?? unitsOf(character));

/** The same for a JSON text, whose meaning stays the same. */
export const printableJson = (json: string): string => json.replace(unprintable, unitsOf);
