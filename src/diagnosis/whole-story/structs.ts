import { partsOf } from './parts.ts';
import { isDenied, isParticiple, tellsOfStep } from './steps.ts';
import { plainWords } from './words.ts';

/** A text that prints an error as its members: Rust, Go, Node and .NET do. */
const printed =
  /[{(]\s{0,12}(?:kind|source|cause|inner|code|status|message|reason|type|error|errors|description): ?\S|\b(?:Some|Err|Custom|Database|Io)\(/;

/** What comes before the members of such an error: the name of its type. */
export const typeName =
  /(?<![\w."'\x60])((?:[A-Z][A-Za-z]{1,40}::)?[A-Z][A-Za-z]{1,40})(?:\(\d{1,3}\))? ?(?=[{(]\s{0,12}(?:[a-z_]{2,30}: |"|'|[A-Z][A-Za-z]{1,40} ?[{(]))/g;

/** The names of such members, the values that say nothing, and addresses. */
export const memberName =
  /(?<=[{,]\s{0,12})(?:kind|source|cause|inner|code|status|status_code|message|reason|type|error|errors|description|details?|backtrace|metadata|headers|host|hostname|address|addr|port|repr|severity|servers|syscall|errno|request_id|stale|compatible|heartbeatFrequencyMS|localThresholdMS|setName|maxSetVersion|maxElectionId|commonWireVersion|logicalSessionTimeoutMinutes): (?=[\w"'{[(&\ue001\ue002-])/g;
export const nothings =
  /(?<=[{,]\s{0,12})(?:code|status_code|errno|port): -?\d{1,5}(?=\s{0,4}[,}])|\b(?:None|Uncategorized|Backtrace\(\(\)\)|MetadataMap \{ headers: \{\} \}|\[\w{1,30}Description\])(?=\s*[,})\]])|\bSome\((?=[\w"'\ue001\ue002])|'[\w.-]{1,80}:\d{1,5}' =>|(?<=: )'Unknown'/g;

/** The address of a request or of a page about errors. */
export const address =
  /(?<=[{,]\s{0,12})(?:url|uri|documentation_url|endpoint): (?:Some\()?"https?:\/\/[\w.:-]{1,100}((?:\/[\w.-]{0,60}){0,8})"\)?/g;
export const grpcHeaders = /\bmetadata: MetadataMap \{ headers: \{[^{}\n]{0,300}\} \}/g;

/** A request that was answered, and an address with the id of what was made. */
const underWay =
  /\bkind: (?:Body|Decode|Redirect|Response|Status|Upgrade)\b|"https?:\/\/[^\s"]{1,300}\/\d{1,12}(?:[/?][^\s"]{0,100})?"/;

/** Blanks the names of types and members of an error that is printed in the form of its program. */
export const withoutStructs = (text: string, tool: string, blank: (match: string) => string): string => {
  if (!printed.test(text) || underWay.test(text)) return text;
  const own = partsOf(tool);
  return text
    .replace(grpcHeaders, blank)
    .replace(address, (match, path: string) =>
      !/\/\d/.test(path) && !tellsOfStep(path, tool) && !partsOf(path).some(isParticiple) ? blank(match) : match,
    )
    .replace(typeName, (match, name: string) =>
      !tellsOfStep(name, tool) &&
      partsOf(name.replace(/TimedOut/g, 'Timeout')).every(
        (part) => own.includes(part) || plainWords.has(part) || (!isDenied(part) && !isParticiple(part)),
      )
        ? blank(match)
        : match,
    )
    .replace(nothings, blank)
    .replace(memberName, blank);
};
