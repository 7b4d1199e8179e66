/** No shell gives these characters a meaning of their own. A leading `=` or `~` has one, and so have braces. */
const plainArgument = /^[\w@%+:,./-][\w@%+:,./=-]*$/;

const option = /^(?<name>--?[A-Za-z][\w-]*=)(?<value>.+)$/s;

/** Controls, invisible characters, those that turn the direction of text, and line breaks before the end of a text. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const lastLineBreaks = /\n*$/;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\\': '\\\\', '%': '%%' };

/** The bytes of a text in octal, as the format of `printf` has them. A shell's text holds no null: a sign stands in for it. */
const inOctal = (text: string): string =>
  [...new TextEncoder().encode(text === '\0' ? '\u2400' : text)]
    .map((byte) => `\\${byte.toString(8).padStart(3, '0')}`)
    .join('');

const inQuotes = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * Has the shell make the characters that would steer a terminal, or that nobody would see: `"$(printf 'a\033b')"`. That
 * takes away the line breaks at the end, so they stand in quotes after it.
 */
const byPrintf = (text: string): string => {
  const [end = ''] = lastLineBreaks.exec(text) ?? [];
  // `!` is the history of an interactive shell, even here; a leading `-` is an option, and nothing ends the quotes.
  const format = text
    .slice(0, text.length - end.length)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\%!'"`$]|^-/gu, (char) => short[char] ?? inOctal(char));
  return `"$(printf '${format}')"${end === '' ? '' : inQuotes(end)}`;
};

const inShell = (text: string): string =>
  unseen.test(text.replace(lastLineBreaks, '')) ? byPrintf(text) : inQuotes(text);

/** Quotes only the value of an option, as people do; masking then finds where a secret value ends. */
const quote = (argument: string): string => {
  const { name = '', value = argument } = option.exec(argument)?.groups ?? {};
  return `${name}${inShell(value)}`;
};

/**
 * Formats a command for people. A POSIX shell splits the line into the same arguments and expands none of them; what would
 * steer a terminal is written as an escape. On Windows the line is the same, for Git Bash or WSL: PowerShell reads it alike
 * unless an argument has a `'` or an escape in it, and `cmd` knows no single quotes.
 */
export const showCommand = (argv: readonly string[]): string =>
  argv
    .map((argument, index) => {
      // A shell takes a first word with an equals sign as an assignment.
      const isAssignment = index === 0 && argument.includes('=');
      return plainArgument.test(argument) && !isAssignment ? argument : quote(argument);
    })
    .join(' ');
