/** Controls but tab and line end, the ones that turn the direction of text, and others that show nothing. */
const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

const spell = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
};

/**
 * Makes a text of unknown origin safe to look at: escape sequences, controls and characters that turn the direction of
 * the text around are spelled out, so that nothing pretends to be what it is not.
 */
export const shown = (text: string): string => text.replace(unseen, spell);
