const token = /\s*(?:(#.*$)|(&&|\|\||[|;])|((?:"(?:\\.|[^"])*"|'[^']*'|\\.|[^\s"'|;&#\\]|(?<=\S)#)+))/gmy;

const unquote = (word: string): string =>
  word.replace(
    /"((?:\\.|[^"])*)"|'([^']*)'|\\(.)/g,
    (_, double, single, escaped) => double?.replace(/\\(["\\])/g, '$1') ?? single ?? escaped,
  );

/**
 * Splits what a page tells to type into the programs it starts, each as an argv. Understands quotes, comments, `&&`, `|`,
 * a line continued by a backslash, a `$` prompt, and variables set for one command; and nothing else.
 */
export const readCommands = (text: string): string[][] => {
  const commands: string[][] = [];
  for (const line of text.replaceAll('\\\n', ' ').split('\n')) {
    let words: string[] = [];
    const end = (): void => {
      const first = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
      if (first >= 0) commands.push(words.slice(first));
      words = [];
    };
    const typed = line.replace(/^\s*\$ /, '').trimEnd();
    token.lastIndex = 0;
    while (token.lastIndex < typed.length) {
      const at = token.lastIndex;
      const [, comment, operator, word] = token.exec(typed) ?? [];
      if (comment === undefined && operator === undefined && word === undefined) {
        throw new Error(`cannot read this command: ${typed.slice(at).trim()}`);
      }
      if (word !== undefined) words.push(unquote(word));
      if (operator !== undefined) end();
    }
    end();
  }
  return commands;
};
