import type { DiagnosisClass } from '../model/terms.ts';
import { type CompiledPattern, normalCode, type PatternSet } from './compile.ts';
import { type Facts, newFacts } from './facts.ts';
import { looseStatus, spelledOut } from './loose-facts.ts';
import type { Pattern } from './pattern.ts';
import { unwrapped } from './prefixes.ts';
import { withoutQuoted } from './quoted.ts';
import { staysReport } from './report.ts';
import { addTextCodes, addTextStatus } from './text-facts.ts';

/** Which pattern decided, and on what. */
export interface Finding {
  readonly entry: CompiledPattern;
  /** The id of the rule: the pattern's, or `http.401` where a status decided. */
  readonly rule: string;
  /** The piece that was matched. */
  readonly matched: string;
  /** What decided: a code or a status at a place made for programs, or words. */
  readonly source: 'code' | 'status' | 'words';
  /** False if the finding rests on wording alone. */
  readonly structural: boolean;
  /** Whether only names in the text, or a number in it, decided: it may be wrong about what happened before. */
  readonly loose?: boolean;
  /** Whether a pattern of the user's own decided. */
  readonly own?: boolean;
}

export interface ClassifyInput {
  readonly tool: string;
  /** What the output says at places made for programs. */
  readonly facts: Facts;
  /** What it says in words, capped. */
  readonly text: string;
  /** It is certainly a failure, so its vaguest words count too. */
  readonly failed?: boolean;
  /** The same without what clients put before it, and with quoted names blanked: this is searched for words. */
  readonly words?: string;
}

/** What is searched for words in a text: it begins where the words of the tool begin, and what is quoted is no evidence. */
export const wordsOf = ({ text, words }: ClassifyInput): string => words ?? withoutQuoted(unwrapped(text));

/** Statuses that mean one thing, whatever the words beside them. */
const plainStatuses = new Set([401, 407, 410, 429]);

/** What the words of a response may say beyond its status. */
const mayRefine = (status: number, found: DiagnosisClass): boolean => {
  if (status >= 500) return found === 'rate' || found === 'server';
  switch (status) {
    case 400:
      return found !== 'server' && found !== 'network';
    case 403:
      return found === 'auth' || found === 'rate' || found === 'usage';
    case 404:
      return found === 'resource';
    case 408:
      return found === 'network';
    default:
      return found === 'usage' || found === 'rate';
  }
};

/** JSON-RPC leaves -32000 to -32019 to the implementation, and many servers wrap all in -32600: the words beside such a code say more. */
const isVague = (code: string): boolean => /^-32(?:0[01]\d|600)$/.test(code);

/** Where no words say more, such a code means what it means beside any words: a pattern that counts late comes first. */
const leastSpecific = (entries: readonly CompiledPattern[] | undefined, tool: string): CompiledPattern | undefined => {
  const fitting = entries?.filter(({ forTool }) => forTool(tool));
  return fitting?.find(({ pattern }) => pattern.order === 'late') ?? fitting?.[0];
};

const byCodes = (
  codes: readonly string[],
  set: PatternSet,
  tool: string,
  late: boolean,
): { entry: CompiledPattern; code: string } | null => {
  let found: { entry: CompiledPattern; code: string } | null = null;
  for (const code of codes) {
    const entries = set.byCode.get(normalCode(code));
    const entry =
      late && isVague(code)
        ? leastSpecific(entries, tool)
        : entries?.find(({ pattern, forTool }) => {
            return (pattern.order === 'late' || isVague(code)) === late && forTool(tool);
          });
    if (entry === undefined) continue;
    found ??= { entry, code };
    // Of several network errors the one that leaves most open counts: another address may have got the request.
    if (found.entry.pattern.class !== 'network') return found;
    if (
      entry.pattern.class === 'network' &&
      entry.pattern.phase === 'unknown' &&
      found.entry.pattern.phase !== 'unknown'
    ) {
      if (!entry.pattern.codes.includes(found.code.replace(/^connect /, ''))) found = { entry, code };
    }
  }
  return found;
};

const byStatus = (status: number | undefined, set: PatternSet, tool: string): CompiledPattern | undefined =>
  status === undefined ? undefined : set.byStatus.get(status)?.find(({ forTool }) => forTool(tool));

const byText = (
  entries: readonly CompiledPattern[],
  question: ClassifyInput,
  accepts: (pattern: Pattern) => boolean,
): Finding | null => {
  const { tool, facts, text } = question;
  const words = wordsOf(question);
  for (const entry of entries) {
    if (!accepts(entry.pattern) || !entry.forTool(tool)) continue;
    const span = entry.find?.(words);
    if (span) {
      // Words that a status or a code beside them bears out are as good as that.
      const structural =
        facts.statuses.length > 0 || facts.codes.some((code) => isVague(code) && entry.pattern.codes.includes(code));
      const shift = text.length - words.length;
      const matched = text.slice(span.start + shift, span.end + shift);
      return { entry, rule: entry.pattern.id, matched, source: 'words', structural };
    }
  }
  return null;
};

const codeFinding = (hit: { entry: CompiledPattern; code: string } | null, structural: boolean): Finding | null =>
  hit === null
    ? null
    : {
        entry: hit.entry,
        rule: hit.entry.pattern.id,
        matched: hit.code,
        source: structural ? 'code' : 'words',
        structural,
      };

const statusFinding = (
  status: number | undefined,
  entry: CompiledPattern | undefined,
  structural: boolean,
): Finding | null =>
  entry === undefined || status === undefined
    ? null
    : { entry, rule: `http.${status}`, matched: String(status), source: structural ? 'status' : 'words', structural };

const any = (): boolean => true;

/** A 403 is no missing login, unless the words say what is wrong with the login: a rule for 401 alone does not apply. */
const contradicts = (status: number, { class: of, statuses }: Pattern): boolean =>
  status === 403 && of === 'auth' && statuses.length > 0 && !statuses.includes(403);

type Accepts = (pattern: Pattern) => boolean;

const accepting = (status: number | undefined, own: boolean): Accepts =>
  status === undefined || own ? any : (pattern) => mayRefine(status, pattern.class) && !contradicts(status, pattern);

/** What the words of an output state beside what is at places made for programs. */
export interface StatedFacts {
  readonly status: () => number | undefined;
  readonly codes: () => readonly string[];
}

/** Reads what a text states when it is asked for, and once for all sets of patterns. */
export const factsFromText = (text: string, words = text): StatedFacts => {
  let status: number | null | undefined = null;
  let codes: readonly string[] | null = null;
  return {
    status: () => {
      if (status === null) {
        const said = newFacts();
        addTextStatus(said, words);
        status = said.statuses[0];
      }
      return status;
    },
    codes: () => {
      if (codes === null) {
        const said = newFacts();
        addTextCodes(said, words);
        if (words.length < text.length) addTextCodes(said, text.slice(0, text.length - words.length));
        codes = said.codes;
      }
      return codes;
    },
  };
};

/** A missing class or element of a program is named as a missing thing of a service is; only a status tells them apart. */
const isNoResource = (pattern: Pattern): boolean => pattern.class !== 'resource';

/** What is left if nothing is recognised: codes of unknown spelling, read as words, and a number that looks like a status. */
const loosely = (set: PatternSet, input: ClassifyInput, codes: readonly string[]): Finding | null => {
  const { tool, facts } = input;
  const text = wordsOf(input);
  const words = spelledOut([...facts.codes, ...codes], text);
  const asked: ClassifyInput = { tool, text: words, facts: newFacts() };
  const named =
    words === ''
      ? null
      : (byText(set.byTextEarly, asked, isNoResource) ??
        byText(set.byText, asked, isNoResource) ??
        byText(set.byTextLate, asked, isNoResource));
  const status = named === null ? looseStatus(text) : undefined;
  const found = named ?? statusFinding(status, byStatus(status, set, tool), false);
  return found === null ? null : { ...found, loose: true };
};

/** How libraries put the cause of a failure behind what it kept them from. */
export const innerCause =
  /\bdial (?:tcp|udp|unix)\b|\bconnect(?:ion)?: connection refused\b|\bconnect ECONNREFUSED\b|\bgetaddrinfo\b|: 401 Unauthorized\b|^unauthorized: |\bCannot connect to the Docker daemon\b|\bHTTP 429\b|\btoomanyrequests\b|\(13: Permission denied\)|\b(?:recipient|sending|message|request) limit exceeded, (?:please )?(?:try|retry)|\bproblem logging in: |^Authorization Error$|^remote: (?:GitLab: )?You are not allowed\b|: 401 \(?Unauthorized\b/im;

/** What stands behind a lock that could not be taken or a file that could not be opened: the innermost cause is the failure. */
const causeBehind = (set: PatternSet, question: ClassifyInput, found: Finding): Finding | null => {
  if (found.entry.pattern.class !== 'usage') return null;
  const words = wordsOf(question);
  const at = words.search(innerCause);
  if (at === -1) return null;
  const inner = words.slice(at);
  const cause = { tool: question.tool, facts: newFacts(), text: inner, words: inner };
  const first =
    byText(set.byTextEarly, cause, (pattern) => pattern.class !== 'usage') ?? byText(set.byText, cause, any);
  return first?.entry.pattern.class === 'usage' ? null : first;
};

/** Words of a mistake in what the caller wrote: vague words beside them name a part of that, not a login or a service. */
const callersMistake =
  /\b(?:undefined|undeclared|unknown|unrecogni[sz]ed|unsupported|duplicate|misspelled) (?:volume|network|service|variable|argument|option|flag|parameter|field|property|key|column|identifier|subcommand|reference|attribute|block|symbol|function|module)s?\b|\binvalid (?:compose|configuration|config|schema|template|manifest|syntax|yaml|toml)\b|\bsyntax error\b/i;

const lacksScope = ({ subclass }: Pattern): boolean => subclass === 'insufficient_scope';
const hasNoFix = ({ fix }: Pattern): boolean => fix.length === 0;

/** Asks one set of patterns: codes, plain statuses, words, other statuses, then what is vague. */
export const classifyBy = (
  set: PatternSet,
  input: ClassifyInput,
  told: StatedFacts = factsFromText(input.text, wordsOf(input)),
): Finding | null => {
  // The user's own patterns are asked about the text as it is.
  const question = set.own ? { ...input, words: input.text } : input;
  const { facts, tool } = question;
  const status = facts.statuses[0];
  const accepts = accepting(status, set.own);

  const early = codeFinding(byCodes(facts.codes, set, tool, false), true);
  if (early !== null && (status === undefined || accepts(early.entry.pattern))) return early;
  if (status !== undefined && plainStatuses.has(status)) {
    // No login heals a missing scope, whatever status is beside it.
    const scope = status === 401 ? byText(set.byTextEarly, question, lacksScope) : null;
    if (scope !== null) return scope;
    const plain = statusFinding(status, byStatus(status, set, tool), true);
    if (plain !== null) return plain;
  }

  const firstWords = byText(set.byTextEarly, question, accepts);
  if (firstWords !== null) {
    // A parameter that could not be found, in the words of a 404, is the thing itself.
    const isMissing = !set.own && firstWords.entry.pattern.class === 'usage' && told.status() === 404;
    const missing = isMissing ? statusFinding(404, byStatus(404, set, tool), status !== undefined) : null;
    return missing ?? causeBehind(set, question, firstWords) ?? firstWords;
  }
  // A set of the user's own asks for neither where no pattern of it has any.
  const toldStatus = status ?? (set.own && set.byStatus.size === 0 ? undefined : told.status());
  const toldCodes = set.byCode.size === 0 ? [] : told.codes();
  const acceptsTold = accepting(toldStatus, set.own);
  const byToldCode = codeFinding(byCodes(toldCodes, set, tool, false), false);
  if (byToldCode !== null && acceptsTold(byToldCode.entry.pattern)) return byToldCode;
  if (toldStatus !== undefined && plainStatuses.has(toldStatus)) {
    const plain = statusFinding(toldStatus, byStatus(toldStatus, set, tool), status !== undefined);
    if (plain !== null) return plain;
  }
  const words = byText(set.byText, question, acceptsTold);
  if (words !== null) return words;
  const byNumber = statusFinding(toldStatus, byStatus(toldStatus, set, tool), status !== undefined);
  if (byNumber !== null) return byNumber;
  return (
    codeFinding(byCodes(facts.codes, set, tool, true), true) ??
    byText(set.byTextLate, question, set.own || !callersMistake.test(wordsOf(question)) ? any : hasNoFix) ??
    codeFinding(byCodes(toldCodes, set, tool, true), false) ??
    (question.failed && !set.own ? loosely(set, question, toldCodes) : null)
  );
};

/** Asks the sets in turn; the first that recognises something decides. */
export const classify = (sets: readonly PatternSet[], input: ClassifyInput): Finding | null => {
  const words = wordsOf(input);
  const question = { ...input, words };
  const told = factsFromText(input.text, words);
  for (const set of sets) {
    const finding = classifyBy(set, question, told);
    if (finding !== null) return set.own ? { ...finding, own: true } : finding;
  }
  return null;
};

/** What may be before the words that open a report: white space, a status, an article. */
const opening =
  /^\s*(?:(?:error|erreur|fehler|erro|errore|fout|błąd|ошибка|エラー|错误|오류)? ?\(?[45]\d\d\)?[:,：]?\s)?\s*(?:(?:the|your|this|la|le|les|el|los|il|lo|die|der|das|het|votre|vos|su|sua|seu|tu|ihre?|dein|uw|se|a|o) |l['’])?$/i;

/** The pattern whose match opens a text and thereby makes it an error report. */
export const reportFinding = (sets: readonly PatternSet[], tool: string, text: string): CompiledPattern | null => {
  const words = withoutQuoted(text);
  for (const set of sets) {
    const searched = set.own ? text : words;
    for (const entry of set.reports) {
      if (!entry.forTool(tool)) continue;
      const span = entry.find?.(searched);
      if (span && opening.test(text.slice(0, span.start)) && staysReport(text, span.end)) return entry;
    }
  }
  return null;
};

/** What is found if nothing is known of a failure but that it asks for a wait. */
export const asksToWait = (sets: readonly PatternSet[], matched: string): Finding | null => {
  const entry = sets.at(-1)?.byCode.get(normalCode('ASKED_TO_WAIT'))?.[0];
  return entry === undefined
    ? null
    : { entry, rule: entry.pattern.id, matched, source: 'words', structural: false, loose: true };
};

/** What a spent quota is if the service says that there is more of it soon: a limit of the rate. */
export const afterLimit = (sets: readonly PatternSet[], quota: Finding): Finding => {
  const entry = sets.at(-1)?.byStatus.get(429)?.[0];
  return entry === undefined ? quota : { ...quota, entry, rule: entry.pattern.id };
};
