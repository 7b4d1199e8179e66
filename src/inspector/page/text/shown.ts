/** Control characters except tab and line feed, bidirectional controls, and other invisible characters. */
const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern has to match them
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

const spell = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
};

/**
 * Makes untrusted text safe to display: escape sequences, control characters and bidirectional controls are escaped, so
 * that the text cannot disguise itself.
 */
export const shown = (text: string): string => text.replace(unseen, spell);
