import { hasBegun } from '../model/begun.ts';
import type { Diagnosis, Redact, Remainder, ToolOutput } from '../model/diagnosis.ts';
import { isProof } from '../model/proof.ts';
import { shortLine } from '../text/one-line.ts';
import { holdsResult, rpcMessagesIn } from '../text/rpc-messages.ts';
import { alreadyDone } from './already-done.ts';
import { collectBody } from './body-facts.ts';
import { lastClause, lastReport, reportBegin, runError } from './chatter.ts';
import { afterLimit, asksToWait, type ClassifyInput, classify, type Finding, reportFinding } from './classify.ts';
import { normalCode, type PatternSet } from './compile.ts';
import { isPrintedValue, printsContent } from './content-tools.ts';
import { collectError } from './error-facts.ts';
import { errorBox, errorPage } from './error-page.ts';
import { type Facts, isObject, newFacts, read } from './facts.ts';
import { looksHealthy } from './healthy.ts';
import { isKube } from './kube.ts';
import { partialFailures, roleOf, textsIn } from './partial-failure.ts';
import { isValueList, messagesIn } from './prefixes.ts';
import { endsInExit, opensAsReport, opensAsSentence, readsAsPage, reportLimit } from './report.ts';
import { retryAfter, unreadableRetryAfter } from './retry-after.ts';
import { scanned } from './scan.ts';
import { summaryOf } from './summary.ts';
import { databaseReply, mailReply, transcriptStatus } from './transcript.ts';
import { isUncertain } from './uncertainty.ts';
import { type ReturnedValue, readReturned } from './value.ts';
import { healthy, toVerdict, unrecognised, type Verdict } from './verdict.ts';
import { tellsOfEffect } from './whole-story/effect.ts';
import { remainderOf } from './whole-story/index.ts';

export interface DiagnoserOptions {
  readonly redact: Redact;
  /** The user's own patterns, tried before the shipped ones. */
  readonly own?: PatternSet | undefined;
  /** The shipped patterns, asked for when the first failure is seen. */
  readonly shipped: () => PatternSet;
  /** The wall clock in ms, for a wait that is given as a date. */
  readonly now: () => number;
}

export interface Diagnoser {
  /** The gate for a returned value; `false` means that {@link diagnose} must look closer. Never throws. */
  looksHealthy(value: unknown): boolean;
  /** Says whether an output is a failure, and all that healing needs to know of it. Never throws. */
  diagnose(output: ToolOutput): Diagnosis;
}

interface Observation {
  /** The returned value or the thrown error. */
  readonly output: unknown;
  readonly facts: Facts;
  readonly text: string;
  /** The codes and statuses are those of the failure itself. */
  readonly exact: boolean;
  /** Healflow itself saw the failure. */
  readonly proof: boolean;
}

/** Words and error bodies inside a result. */
const stated = { exact: false, proof: false } as const;

const evidenceLimit = 200;
const summaryLimit = 300;
const remainderLimit = 80;
/** A quota that resets within this time limits a rate: in ms. */
const maxRateLimitMs = 3_600_000;

/** One word of the letters that codes have: spellings are compared without any other characters, so a text is not a code. */
const codeShape = /^[\w.:/#-]+$/;

const resultInBody: Remainder = { text: 'the result of a request', place: 'with' };
const underWay: Remainder = { text: 'progress, or a question to the client', place: 'before' };

/** What these statuses mean by themselves. */
const statusClasses: Readonly<Record<number, string>> = { 401: 'auth', 429: 'rate' };

/** Makes a diagnoser from patterns that are at hand. */
export const makeDiagnoser = ({ redact, own, shipped, now }: DiagnoserOptions): Diagnoser => {
  let all: readonly PatternSet[] | null = null;
  const sets = (): readonly PatternSet[] => {
    all ??= own === undefined ? [shipped()] : [own, shipped()];
    return all;
  };

  const isCode = (word: string): boolean =>
    codeShape.test(word) &&
    sets().some(({ byCode }) =>
      byCode.get(normalCode(word))?.some(({ pattern: { phase } }) => phase === 'before_effect'),
    );

  /** What a report says besides its failure. The words of a user's own pattern belong to the failure. */
  const remainderIn = (tool: string, { output, text }: Observation, finding: Finding): Remainder | null => {
    if (hasBegun(output)) return underWay;
    const body = isObject(output) && output instanceof Error ? read(output, 'body') : undefined;
    if (typeof body === 'string' && holdsResult(body)) return resultInBody;
    const ownWords = finding.own === true && finding.source === 'words' ? finding.matched : undefined;
    const remainder = remainderOf(output, { tool, isCode, ownWords });
    if (remainder === null) return null;
    const [at, failureAt] = [text.indexOf(remainder), text.indexOf(finding.matched)];
    const place = at === -1 || failureAt === -1 ? 'with' : at < failureAt ? 'before' : 'after';
    return { text: shortLine(redact(remainder), remainderLimit), place };
  };

  /** Whether what decided is what healflow itself saw, and not what the body of a response says. */
  const isOwnEvidence = (tool: string, output: unknown, found: Finding): boolean => {
    const status = isObject(output) ? read(output, 'status') : undefined;
    if (!isObject(output) || typeof status !== 'number') return found.source === 'code';
    // A code in the body that means what the response's own status means adds nothing.
    const agrees = statusClasses[status] === found.entry.pattern.class;
    if (status < 400 || (found.source !== 'status' && !agrees)) return false;
    // A JSON-RPC error for the request itself comes from a server that has looked at it, and may have done more.
    const body = read(output, 'body');
    if (typeof body !== 'string') return true;
    const saysMore = tellsOfEffect(body, tool) && remainderOf(body, { tool, isCode }) !== null;
    return (
      !saysMore &&
      !holdsResult(body) &&
      rpcMessagesIn(body).every((message) => {
        const isResponse = isObject(message) && (read(message, 'id') ?? null) !== null;
        return !isResponse || remainderOf(read(message, 'error') ?? message, { tool, isCode }) === null;
      })
    );
  };

  const conclude = (tool: string, seen: Observation, found: Finding | null): Diagnosis => {
    const recognised = alreadyDone(sets(), { tool, text: seen.text }, found);
    const safe = redact(seen.text);
    const known = recognised?.entry.pattern.class;
    const retryAfterMs =
      known === 'usage'
        ? null
        : retryAfter(seen.facts, seen.text, now, {
            failureAt: recognised === null ? -1 : seen.text.indexOf(recognised.matched),
            limited: known === 'rate' || known === 'server',
          });
    const finding =
      recognised === null
        ? retryAfterMs === null
          ? null
          : asksToWait(sets(), '')
        : retryAfterMs !== null && retryAfterMs <= maxRateLimitMs && recognised.rule === 'rate.quota'
          ? afterLimit(sets(), recognised)
          : recognised;
    const of = finding?.entry.pattern.class;
    const unreadable = retryAfterMs === null && of !== 'usage' ? unreadableRetryAfter(seen.facts, now) : null;
    const kube = of === 'auth' && isKube(tool, seen.text);
    const doubt = of !== undefined && (finding?.loose === true || isUncertain(of, seen.facts, seen.text));
    const judge = (one: Finding): Verdict => {
      const proof = seen.proof && isOwnEvidence(tool, seen.output, one);
      const remainder = proof ? null : remainderIn(tool, seen, one);
      return toVerdict(one, { exact: seen.exact, proof, remainder, waits: retryAfterMs !== null, kube, doubt });
    };
    const judged = finding === null ? unrecognised : judge(finding);
    return {
      failure: true,
      ...judged,
      evidence: shortLine(evidenceOf(finding, seen.text, safe, redact), evidenceLimit),
      summary: shortLine(summaryOf(safe), summaryLimit),
      retryAfterMs,
      ...(unreadable !== null && { unreadableRetryAfter: shortLine(redact(unreadable), remainderLimit) }),
    };
  };

  const thrown = (tool: string, error: unknown): Diagnosis => {
    const facts = newFacts();
    collectError(facts, error);
    const text = scanned(facts.messages.length > 0 ? facts.messages.join('\n') : nameOf(error));
    const seen: Observation = { output: error, facts, text, exact: true, proof: isProof(error) };
    return conclude(tool, seen, classify(sets(), { tool, facts, text, failed: true }));
  };

  const marked = (tool: string, output: unknown, returned: ReturnedValue): Diagnosis => {
    const text = scanned(returned.text);
    const seen: Observation = { output, facts: returned.facts, text, exact: returned.exact, proof: false };
    return conclude(
      tool,
      seen,
      classify(sets(), { tool, facts: returned.facts, text: wordsOf(returned, text), failed: true }),
    );
  };

  /** A body that is no error as a whole, of which steps failed: their words decide, and what succeeded counts against a retry. */
  const partial = (tool: string, output: unknown, body: object, text: string): Diagnosis => {
    const facts = newFacts();
    const failures = partialFailures(body, tool);
    if (failures.length === 0) return healthy;
    for (const failure of failures) collectBody(facts, failure);
    const question = { tool, facts, text: scanned(facts.messages.join('\n')), failed: true };
    const finding =
      classify(sets(), question) ??
      classify(sets(), { ...question, text: scanned(failures.map((one) => textsIn(one)).join('\n')) });
    if (finding === null) return healthy;
    const shown = scanned(text === '' ? question.text : text);
    return conclude(tool, { output, facts, text: shown, ...stated }, { ...finding, loose: true });
  };

  const result = (tool: string, output: unknown, returned: ReturnedValue): Diagnosis => {
    if (returned.body === 'error') return marked(tool, output, returned);
    if (returned.parsed !== undefined) return partial(tool, output, returned.parsed, returned.text);
    if (returned.body === 'healthy' || returned.text.length > reportLimit) return healthy;
    if (isPrintedValue(tool, returned.text)) return healthy;
    const text = scanned(returned.text);
    if (returned.body === 'maybe') {
      const finding = classify(sets(), {
        tool,
        facts: returned.facts,
        text: scanned(returned.facts.messages.join('\n')),
      });
      return finding === null || /\bsuccess/i.test(returned.facts.messages[0] ?? '')
        ? healthy
        : conclude(tool, { output, facts: returned.facts, text, ...stated }, finding);
    }
    const question = { tool, facts: returned.facts, text };
    const found = findReport(question);
    return found === null ? healthy : conclude(tool, { output, ...question, ...stated }, found.finding);
  };

  /** What a plain text reports as a whole; null if it is no report. */
  const findReport = (question: ClassifyInput): { finding: Finding | null } | null => {
    const { tool, text } = question;
    const page = errorPage(text);
    if (page !== null)
      return {
        finding: classify(sets(), { ...question, text: page }) ?? classify(sets(), { ...question, failed: true }),
      };
    const boxed = errorBox(text);
    if (boxed !== null) {
      const finding = classify(sets(), { ...question, text: boxed });
      return finding === null || finding.entry.pattern.order === 'late' ? null : { finding };
    }
    const status = transcriptStatus(text);
    if (status !== null) return status < 400 ? null : { finding: classify(sets(), { ...question, failed: true }) };
    const reply = mailReply.exec(text) ?? (printsContent(tool) ? null : databaseReply.exec(text));
    if (reply !== null)
      return { finding: classify(sets(), { ...question, text: text.slice(reply.index), failed: true }) };
    const ended = runError(text);
    if (ended !== null && !printsContent(tool))
      return { finding: classify(sets(), { ...question, text: text.slice(ended), failed: true }) };
    if (endsInExit(text) && !printsContent(tool) && roleOf(tool) !== 'reports') {
      const finding = classify(sets(), { ...question, failed: true });
      if (finding !== null && finding.entry.pattern.order !== 'late') return { finding };
    }
    const begin = reportBegin(text);
    if (begin !== null) {
      const body = text.slice(begin);
      if (readsAsPage(body)) return null;
      const messages = messagesIn(body);
      if (messages.some((message) => opensAsReport(message) || reportFinding(sets(), tool, message) !== null))
        return { finding: classify(sets(), { ...question, failed: true }) };
      const finding = classify(sets(), question);
      if (finding === null) return findLast(question) ?? findLastClause(question);
      const { order, id } = finding.entry.pattern;
      // Vague words decide nothing; a status does, which gives its own name to the rule.
      const isClear = order !== 'late' || finding.rule !== id;
      if ((isClear && messages.some(opensAsSentence)) || coversAll(finding, text)) return { finding };
    }
    return findLast(question) ?? findLastClause(question);
  };

  /** What the last clause of one line reports, after what was done before: `order 12 is saved, notice: connection refused`. */
  const findLastClause = (question: ClassifyInput): { finding: Finding } | null => {
    const { tool, text } = question;
    const clause = lastClause(text);
    if (clause === null || printsContent(tool) || readsAsPage(text)) return null;
    if (!opensAsReport(clause) && reportFinding(sets(), tool, clause) === null) return null;
    const finding = classify(sets(), { ...question, text: clause });
    const decides =
      finding !== null && finding.entry.pattern.order !== 'late' && finding.entry.pattern.class !== 'usage';
    if (!decides) return null;
    const isStep = earlierSentence.test(text) && roleOf(tool) !== 'reports';
    return isStep || coversAll(finding, clause.replace(/[([][^()[\]]{1,80}[)\]]/g, '')) ? { finding } : null;
  };

  /** What the last line reports after lines that tell what a program was doing. */
  const findLast = (question: ClassifyInput): { finding: Finding } | null => {
    const { tool, text } = question;
    const at = lastReport(text);
    if (at === null || printsContent(tool) || readsAsPage(text)) return null;
    const last = text.slice(at);
    if (isValueList(text) && !opensAsReport(last)) return null;
    const messages = messagesIn(last);
    const opens = messages.some(opensAsReport);
    // Without a program's name before it, a line that only holds the words of a failure may be one of a list.
    const clause = roleOf(tool) === 'acts' ? lastClause(last) : null;
    const named = clause === null ? messages.slice(1) : [...messages.slice(1), clause];
    if (!opens && !named.some((message) => reportFinding(sets(), tool, message) !== null)) return null;
    const finding = classify(sets(), { ...question, text: last });
    return finding === null || finding.entry.pattern.order === 'late' ? null : { finding };
  };

  const diagnose = ({ tool, channel, value, error }: ToolOutput): Diagnosis => {
    if (channel === 'exception') return thrown(tool, error);
    if (value instanceof Error) return thrown(tool, value);
    const returned = readReturned(value);
    return channel === 'isError' || returned.marked ? marked(tool, value, returned) : result(tool, value, returned);
  };

  return {
    looksHealthy,
    diagnose: (output) => {
      try {
        return diagnose(output);
      } catch {
        return output.channel === 'result' ? healthy : { ...healthy, failure: true, ...unrecognised };
      }
    },
  };
};

/** The words of an error body are its messages; its other members only look like words. */
const wordsOf = ({ body, facts }: ReturnedValue, text: string): string =>
  body === null || facts.messages.length === 0 ? text : scanned(facts.messages.join('\n'));

const nameOf = (error: unknown): string => {
  if (isObject(error)) return `an object without a message was thrown`;
  return `${typeof error === 'string' ? 'an empty text' : String(error)} was thrown`;
};

/** A piece that redaction left alone may be shown as it is; else the redacted beginning is. */
const evidenceOf = (finding: Finding | null, text: string, safe: string, redact: Redact): string => {
  const piece = finding?.matched ?? '';
  if (safe === text || safe.includes(piece)) return piece;
  return redact(piece) === piece && !text.includes(piece) ? piece : summaryOf(safe);
};

/** A sentence before the last one: it tells of a step that came before. */
const earlierSentence = /(?:[\p{Ll}\p{N})][.!;] {1,2}(?=\p{Lu})|[\p{L}\p{N})][。；] ?(?=\S)|[^\n:]; )/u;

const coverLimit = 120;

/** Whether a short text says nothing but what was matched. */
const coversAll = (finding: Finding, text: string): boolean => {
  const { order, report } = finding.entry.pattern;
  if (finding.structural || text.length > coverLimit || (order === 'late' && !report)) return false;
  const letters = (of: string): number => of.replace(/[^\p{L}\p{N}]+/gu, '').length;
  // A bare number is a value.
  return /\p{L}/u.test(finding.matched) && letters(finding.matched) >= 0.75 * letters(text);
};
