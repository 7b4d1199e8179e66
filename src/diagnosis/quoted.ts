/** A piece in quotes, in one line. */
const quote =
  /"(?:[^"\\\n]|\\.){2,400}"|(?<!\w)'(?:[^'\\\n]|\\.){2,200}'(?!\w)|`[^`\n]{2,200}`|“[^”\n]{2,300}”|‘[^’\n]{2,200}’|«[^»\n]{2,200}»|»[^«\n]{2,200}«|„[^“”"\n]{2,200}[“”"]/g;

/** What is before a quotation that is the message itself: a colon, the name of a member, the class of an exception, or nothing. */
const introduces =
  /(?:^|[:;,{[>|\n]|=>?|→|-)\s*$|\b(?:desc|message|msg|error|err|reason|cause|detail|details|error_description|description|said|says|saying|response|body|output|stderr|code|kind|status|title)["']?\s?[=:]\s?$|\b[A-Z]\w*\(\s?b?$|\b(?:error|message|reason|response|with|said|says|exception|Unauthorized|denied|failed|returned|responded|got|received|run|running|execute)\s$/i;
/** A name and a value of a selector or an argument. */
const attribute =
  /(?:\[|\b(?:name|selector|text|id|value|class|href|query|pattern|label|role|path|symbol|column|table|key|field|search|title|for|locator\(|getBy\w{1,20}\())\s?(?:[=~^$*:]{1,2}|\()\s?$/i;

/** As long as it was, so that what is found in it is at the same place. */
const masked = (piece: string): string =>
  `${piece[0]}${piece.slice(1, -1).replace(/[\p{L}\p{N}]/gu, (letter) => 'x'.repeat(letter.length))}${piece.at(-1)}`;

/** Quoted strings name things: what is in them is no evidence. The messages that programs put in quotes stay. */
export const withoutQuoted = (text: string): string =>
  text.replace(quote, (piece, at: number) => {
    const before = text.slice(Math.max(0, at - 40), at);
    if (attribute.test(before)) return masked(piece);
    return introduces.test(before) ? piece : masked(piece);
  });
