/** What differs from one occurrence of a failure to the next, and what stands for it in an expression. */
const varying: readonly (readonly [RegExp, string])[] = [
  [/\[redacted(?::[a-z0-9-]{1,40})?\]/y, '\\S+'],
  [/[a-z][a-z0-9+.-]{1,15}:\/\/[^\s"'<>)\]]+/iy, '\\S+'],
  [/"[^"\n]{0,200}"/y, '"[^"]*"'],
  [/'[^'\n]{0,200}'(?!\w)/y, "'[^']*'"],
  [/`[^`\n]{0,200}`/y, '`[^`]*`'],
  [/(?<![\w./-])(?:[\w.-]*[\\/][\w.-]+){2,}/y, '\\S+'],
  [/(?<!\w)[\w.+-]+@[\w.-]+\w/y, '\\S+'],
  [/(?<!\w)(?=[\w-]*\d)[0-9a-f]{8,}(?:-[0-9a-f]{4,}){0,4}(?!\w)/iy, '\\S+'],
  [/(?<![\w.])\d+(?:[.:]\d+)*(?![\w])/y, '[\\d.:]+'],
];

const special = /[\\^$.*+?()[\]{}|]/g;
const maxLength = 120;

/** Escapes a text for RE2 and puts what varies in general terms. */
const generalised = (line: string): string => {
  let expression = '';
  for (let at = 0; at < line.length; ) {
    const hit = varying
      .map(([regex, general]) => {
        regex.lastIndex = at;
        return [regex.exec(line)?.[0] ?? '', general] as const;
      })
      .find(([piece]) => piece !== '');
    const [piece, general] = hit ?? [line[at] ?? '', undefined];
    const next = general ?? piece.replace(special, '\\$&');
    // Cut between words, so that no piece is cut in two.
    if (expression.length + next.length > maxLength && /\s$/.test(expression)) break;
    expression += next;
    at += piece.length;
  }
  return expression.trim();
};

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const idOf = (tool: string, line: string): string => {
  const words =
    line
      .toLowerCase()
      .match(/[a-z]{3,}/g)
      ?.slice(0, 3)
      .join('_') ?? 'failure';
  return `${tool.replace(/[^\w-]+/g, '_')}.${words}`;
};

/**
 * Drafts a pattern for a failure that none matches, as lines of YAML for `healflow.yaml`. Unchanged, it proposes no fix.
 *
 * @param line - the failure in one line, masked
 */
export const patternDraft = (tool: string, line: string): readonly string[] => [
  'patterns:',
  `  - id: ${quoted(idOf(tool, line))}`,
  '    class: usage              # or auth, network, resource, rate, server',
  `    text: ${quoted(generalised(line))}`,
  '    # fix: retry_backoff      # or kube_login, token_refresh, vpn_connect, cache_clear, wait_retry',
  `    examples: [${quoted(line)}]`,
];
