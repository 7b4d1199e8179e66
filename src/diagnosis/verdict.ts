import type { Diagnosis, Remainder } from '../model/diagnosis.ts';
import type { Delivery, FixName, Situation } from '../model/terms.ts';
import type { Finding } from './classify.ts';
import type { Pattern } from './pattern.ts';

export type Verdict = Pick<
  Diagnosis,
  | 'class'
  | 'subclass'
  | 'pattern'
  | 'fixes'
  | 'situation'
  | 'phase'
  | 'grade'
  | 'remainder'
  | 'delivered'
  | 'deliveredBecause'
>;

/** What an output says for and against its failure having come before any effect. */
export interface Circumstances {
  /** The codes and statuses are those of the failure itself, so they name its situation; words in a result do not. */
  readonly exact: boolean;
  /** Healflow itself saw the failure. */
  readonly proof: boolean;
  /** What a report says besides its failure. */
  readonly remainder: Remainder | null;
  /** The output asks for a wait. */
  readonly waits: boolean;
  readonly kube: boolean;
  /** The output speaks against it that the request certainly was not carried out. */
  readonly doubt: boolean;
}

const transportSituation = (pattern: Pattern, waits: boolean): Situation => {
  if (pattern.situation === 'interrupted' && pattern.statuses.includes(503) && waits) return 'unavailable';
  if (pattern.situation !== undefined) return pattern.situation;
  switch (pattern.class) {
    case 'auth':
      return pattern.fix.length > 0 ? 'unauthenticated' : 'rejected';
    case 'network':
      if (pattern.fix.length === 0) return 'rejected';
      return pattern.phase === 'before_effect' ? 'not_sent' : 'interrupted';
    case 'rate':
      return pattern.fix.length > 0 ? 'rate_limited' : 'rejected';
    case 'server':
      return 'internal_error';
    default:
      return 'rejected';
  }
};

/** Words inside a result report the tool's own backend, which may be half done. */
const statedSituation = (pattern: Pattern): Situation => {
  if (pattern.class === 'rate') return pattern.fix.length > 0 ? 'rate_limited' : 'rejected';
  if (pattern.class === 'resource' && pattern.situation === 'unauthenticated') return 'backend_error';
  if (pattern.fix.length === 0 || pattern.class === 'resource' || pattern.class === 'usage') return 'rejected';
  return 'backend_error';
};

const delivery = (pattern: Pattern, situation: Situation): Delivery =>
  pattern.delivered ??
  (pattern.phase === 'before_effect' ||
  situation === 'not_sent' ||
  situation === 'unauthenticated' ||
  situation === 'rate_limited'
    ? 'no'
    : 'maybe');

const reasons: Readonly<Record<Situation, readonly [no: string, maybe: string]>> = {
  not_sent: [
    'no connection was made, so the request never left',
    'the connection failed, but the request may have left before',
  ],
  unauthenticated: [
    'the request was rejected before it was executed',
    'the request was turned away, though not certainly before it began',
  ],
  rate_limited: [
    'the request was rejected by a rate limit, before it was carried out',
    'the limit may have been met when the work had begun',
  ],
  interrupted: [
    'the request was cut off before it was sent',
    'the request had been sent when the connection or the wait for the answer ended',
  ],
  unavailable: [
    'the service turned the request away',
    'the service was not available, but a proxy before it may have passed the request on',
  ],
  internal_error: ['the server failed before it changed anything', 'the server failed while it worked on the request'],
  conflict: [
    'the request was turned away because of a conflict',
    'the conflict may come from an earlier try of the same request',
  ],
  rejected: [
    'the request was turned down, before it was carried out',
    'the request was turned down, though not certainly before it began',
  ],
  backend_error: [
    "the tool's own backend failed in a way that comes before anything is changed",
    "the tool's own backend failed, and the text does not say how far it had come",
  ],
};

/** Whether a remainder is no more than the words of the failure. */
const isFailureItself = (remainder: string, matched: string): boolean => {
  const [rest, words] = [remainder.toLowerCase(), matched.toLowerCase()];
  return (
    words.includes(rest) || !/[\p{L}\p{N}]/u.test(rest.replace(words, '').replace(/\b(?:read|write|error)\b/g, ''))
  );
};

/** Turns a finding into what healing needs to know. */
export const toVerdict = (
  finding: Finding,
  { exact, proof, remainder, waits, kube, doubt }: Circumstances,
): Verdict => {
  const { pattern } = finding.entry;
  const stated = exact && finding.structural ? transportSituation(pattern, waits) : statedSituation(pattern);
  const doubtful = doubt && delivery(pattern, stated) === 'no';
  const situation = doubtful && (stated === 'not_sent' || stated === 'rate_limited') ? 'interrupted' : stated;
  // Words that stand beside a status in the body of a response are a report, like all words.
  const grade = proof ? 'proof' : 'report';
  const alone = doubtful ? 'maybe' : delivery(pattern, situation);
  // A failure after which nothing is certain is no remainder of itself.
  const isPartial =
    grade === 'report' &&
    remainder !== null &&
    !(alone === 'maybe' && isFailureItself(remainder.text, finding.matched));
  const delivered = isPartial ? 'maybe' : alone;
  return {
    class: pattern.class,
    subclass: pattern.subclass,
    pattern: finding.rule,
    fixes: fixesFor(pattern, kube),
    situation,
    phase: doubtful ? 'unknown' : pattern.phase,
    grade,
    remainder: isPartial ? remainder : null,
    delivered,
    deliveredBecause: isPartial
      ? `the failure is not the whole story: \`${remainder.text}\` comes ${remainder.place} it`
      : reasons[situation][delivered === 'no' ? 0 : 1],
  };
};

const kubeFixes: readonly FixName[] = ['kube_login', 'token_refresh'];

/** A login heals authentication failures of Kubernetes tools, since their tokens come from it. */
const fixesFor = (pattern: Pattern, kube: boolean): readonly FixName[] =>
  kube && pattern.fix.length === 1 && pattern.fix[0] === 'token_refresh' ? kubeFixes : pattern.fix;

/** A failure that no pattern matches: no fix is proposed, and the call is never retried. */
export const unrecognised: Verdict = {
  class: 'unrecognised',
  subclass: null,
  pattern: 'unrecognised',
  fixes: [],
  situation: 'backend_error',
  phase: 'unknown',
  grade: 'report',
  remainder: null,
  delivered: 'maybe',
  deliveredBecause: 'no pattern matched; the call may have taken effect',
};

export const healthy: Diagnosis = Object.freeze({
  failure: false,
  class: 'none',
  subclass: null,
  pattern: 'healthy',
  fixes: [],
  evidence: '',
  summary: '',
  situation: 'rejected',
  phase: 'unknown',
  grade: 'report',
  remainder: null,
  delivered: 'maybe',
  deliveredBecause: 'the call succeeded',
  retryAfterMs: null,
});
