// biome-ignore-all lint/suspicious/noControlCharactersInRegex: control characters are what is removed here

/** What steers a terminal: CSI, OSC up to its line's end at the latest, character sets, and escapes of two characters. ECMA-48 */
const terminalSequence =
  /\u001b(?:\[[0-?]*(?:[ -/]*[@-~])?|\][^\u0007\u001b\u009c\r\n]*(?:\u0007|\u001b\\|\u009c)?|[#%()*+][0-9A-Z]|[78@-Z\\^_c=>])|\u009b[0-?]*(?:[ -/]*[@-~])?/g;

/** Takes the sequences out that steer a terminal. */
export const stripTerminalSequences = (text: string): string =>
  text.includes('\u001b') || text.includes('\u009b') ? text.replace(terminalSequence, '') : text;

/** Makes the output of a program harmless for a terminal: no escape sequences, no control characters but `\n` and `\t`. */
export const plainText = (text: string): string => stripTerminalSequences(text).replace(/(?![\n\t])\p{Cc}/gu, '');

/** Puts a space in place of each control character. */
export const blankControls = (text: string): string => text.replace(/\p{Cc}/gu, ' ');

/** Makes one line that a terminal shows as it is: nothing in it moves the cursor, ends the line or turns the text round. */
export const sanitizeLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');

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
