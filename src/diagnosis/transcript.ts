/** A request and how its response is written beside it or below it. */
const requestLine = /^(?:[$+>*-]{0,3} ?)?\[?(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\]? \[?(?:https?:\/\/|\/)\S*/gm;
const headed = /^(?:HTTP |status:? )?[45]\d\d\b[^\n]{0,60}\n[\w-]{2,40}: \S/i;
const labelled = /^(?:request(?: url| line)?|url|endpoint|method): ?\S/i;

/** The places of a response's status: behind an arrow, in a line of its own, or under its name. */
const statusLines: readonly RegExp[] = [
  /^(?:[<*] ?|<-- ?)?HTTP\/\d(?:\.\d)? (\d{3})\b/gm,
  /^<-{1,3} (\d{3})\b/gm,
  /^(?:[$+>*-]{0,3} ?)?\[?(?:GET|POST|PUT|PATCH|DELETE|HEAD)\]? \S{1,400}(?: HTTP\/\d(?:\.\d)?)?"? ?(?:→|->|=>|—>|:|-|returned|failed with|responded with|gave|with)? ?[[(]?(?:HTTP |status )?([1-5]\d\d)\b(?=[\])]? |[\])]?$|[.,;:])/gm,
  /^(?:(?:response|status|http status|result)(?: (?:status|code|line|status code))?|status code): ?(?:HTTP\/\S+ )?([1-5]\d\d)\b/gim,
  /^(?:HTTP )?([1-5]\d\d)(?: [A-Z][A-Za-z -]{1,40})?$/gm,
];

const maxRequests = 1;

/**
 * The status of the last response in a transcript: of `curl -v` and `curl -i`, or of one request with its response; null if a text
 * is none. More requests than one are a list of what a program did.
 */
export const transcriptStatus = (text: string): number | null => {
  if (/^(?:[*<>{}] |HTTP\/\d)/.test(text)) {
    let status: number | null = null;
    for (const match of text.matchAll(/^(?:< )?HTTP\/\d(?:\.\d)? (\d{3})\b/gm)) status = Number(match[1]);
    return status;
  }
  const requests = text.match(requestLine)?.length ?? 0;
  const opens = headed.test(text) || labelled.test(text) || (requests > 0 && text.search(requestLine) === 0);
  if (!opens || requests > maxRequests + (/^-->/m.test(text) ? 1 : 0)) return null;
  for (const line of statusLines) {
    const last = [...text.matchAll(line)].at(-1)?.[1];
    if (last !== undefined) return Number(last);
  }
  return null;
};

/** A reply of a mail server that turns a message down, as programs show it among the commands. */
export const mailReply = /^(?:<[-*~ ]{1,3} ?|S: |< )([45]\d\d)[ -][45]\.\d\.\d{1,3} \S/m;

/** What a console of a database prints below the statement that failed. */
export const databaseReply = /^ERROR(?: at line \d{1,6})?:\s{1,4}(?=(?:ORA|TNS|PLS|SP2)-\d{4,5}: )/m;
