/** No shell gives these characters a meaning of their own. A leading `=` or `~` has one, and so have braces. */
const plainArgument = /^[\w@%+:,./-][\w@%+:,./=-]*$/;

const option = /^(?<name>--?[A-Za-z][\w-]*=)(?<value>.+)$/s;

const inQuotes = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Quotes only the value of an option, as people do; masking then finds where a secret value ends. */
const quote = (argument: string): string => {
  const { name = '', value = argument } = option.exec(argument)?.groups ?? {};
  return `${name}${inQuotes(value)}`;
};

/** Formats a command for people. A POSIX shell splits the line into the same arguments and expands none of them. */
export const showCommand = (argv: readonly string[]): string =>
  argv
    .map((argument, index) => {
      // A shell takes a first word with an equals sign as an assignment.
      const isAssignment = index === 0 && argument.includes('=');
      return plainArgument.test(argument) && !isAssignment ? argument : quote(argument);
    })
    .join(' ');
