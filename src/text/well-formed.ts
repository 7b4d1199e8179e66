/** Half of a character: UTF-16 needs two units for most symbols, and a text may be cut between them. */
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Puts U+FFFD in the place of each half of a character, which neither UTF-8 nor YAML can hold. */
export const wellFormed = (text: string): string => text.replace(loneSurrogate, '\ufffd');
