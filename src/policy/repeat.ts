import type { Diagnosis } from '../model/diagnosis.ts';
import type { RefusalCode } from '../model/refusal.ts';
import { type FixName, isLessonFix, type Situation, type ToolKind } from '../model/terms.ts';

/**
 * `repeat`: may be repeated · `after_fix`: once a fix has succeeded · `on_request`: only if the user's config says
 * `replay: always` · `never`.
 */
export type RepeatRule = 'repeat' | 'after_fix' | 'on_request' | 'never';

type Row = Readonly<Record<ToolKind, RepeatRule>>;

/** A tool that only adds is as unsafe to repeat as one that says nothing. */
const row = (readOnly: RepeatRule, idempotent: RepeatRule, destructive: RepeatRule, unannotated: RepeatRule): Row => ({
  'read-only': readOnly,
  idempotent,
  additive: unannotated,
  destructive,
  unannotated,
});

/** When a failed call may be repeated if the failure is proof: one row per situation, one column per kind of tool. */
export const proofTable: Readonly<Record<Situation, Row>> = {
  not_sent: row('after_fix', 'after_fix', 'after_fix', 'after_fix'),
  unauthenticated: row('after_fix', 'after_fix', 'after_fix', 'after_fix'),
  rate_limited: row('repeat', 'repeat', 'repeat', 'repeat'),
  interrupted: row('repeat', 'repeat', 'never', 'on_request'),
  unavailable: row('repeat', 'repeat', 'on_request', 'on_request'),
  internal_error: row('repeat', 'repeat', 'never', 'never'),
  conflict: row('on_request', 'on_request', 'never', 'never'),
  rejected: row('never', 'never', 'never', 'never'),
  backend_error: row('after_fix', 'after_fix', 'on_request', 'on_request'),
};

/** What counts as evidence that a tool that may change things has changed nothing. */
export type Reports = 'trust' | 'strict';

/** Whether a tool may be called twice without harm. */
const isHarmless = (kind: ToolKind): boolean => kind === 'read-only' || kind === 'idempotent';

/** Declared destructive tools are never repeated on a report, unless the config trusts the tool's reports. */
const trusts = (kind: ToolKind, reports: Reports | null): boolean =>
  reports === null ? kind !== 'destructive' : reports === 'trust';

type Evidence = Pick<Diagnosis, 'situation' | 'class' | 'grade' | 'delivered' | 'remainder'>;

/**
 * Whether a failed attempt certainly changed nothing. Proof says so by itself. A report says so only if it is the whole
 * story (else `delivered` is `maybe`) and the tool's reports are trusted.
 */
export const isProvenHarmless = (
  { grade, delivered }: Pick<Diagnosis, 'grade' | 'delivered'>,
  kind: ToolKind,
  reports: Reports | null,
): boolean =>
  kind === 'read-only' || (delivered === 'no' && (grade === 'proof' || kind === 'idempotent' || trusts(kind, reports)));

const ruleOf = (evidence: Evidence, kind: ToolKind, reports: Reports | null): RepeatRule => {
  const { situation, grade } = evidence;
  if (grade === 'proof' || situation === 'rejected' || isHarmless(kind)) return proofTable[situation][kind];
  return isProvenHarmless(evidence, kind, reports) ? 'after_fix' : 'on_request';
};

const words: Readonly<Record<Situation, string>> = {
  not_sent: 'the request was never sent',
  unauthenticated: 'the request was turned away before it was carried out',
  rate_limited: 'the request was rejected by a rate limit',
  interrupted: 'the call was cut off after it was sent',
  unavailable: 'the service was not available',
  internal_error: 'the server failed while it worked on the call',
  conflict: 'the call met a conflict',
  rejected: 'the same call would be rejected again',
  backend_error: "the tool's own backend failed",
};

/** Puts into words how much the evidence of a failure says. */
export const evidenceText = ({ grade, situation, remainder, delivered }: Evidence): string => {
  if (grade === 'proof') return `proof: ${words[situation]}`;
  if (remainder !== null) {
    return `report, not the whole story: \`${remainder.text}\` comes ${remainder.place} it`;
  }
  return delivered === 'no'
    ? 'report, the whole story'
    : 'report of a failure that may come after the effect of the call';
};

/** What the user's config says of repeating one tool's calls. */
export type Replay = 'never' | 'safe' | 'always';

export interface RepeatInput {
  readonly diagnosis: Evidence;
  readonly kind: ToolKind;
  readonly replay: Replay;
  /** Whether the tool's reports are trusted, from the config; null if the kind decides. */
  readonly reports: Reports | null;
  /** The fix that has just succeeded, or that would be run; null if there is none. */
  readonly fixed: FixName | null;
}

type DenialCode = Extract<RefusalCode, `REPEAT_${string}`>;

/** Whether a call may be repeated, the rule that decided, and the reason in words. */
export type RepeatDecision = { readonly rule: RepeatRule; readonly reason: string } & (
  | { readonly allowed: true; readonly code: 'REPEAT_ALLOWED' }
  | { readonly allowed: false; readonly code: DenialCode }
);

/** Why the same call may not be rejected again after a fix; null if it would be. */
const undoneBy = (fixed: FixName | null, { class: failureClass }: Evidence): string | null => {
  if (fixed === null || failureClass === 'usage') return null;
  // A stale cache answers 404 for a thing that is there: emptying it earns a harmless tool one more try.
  if (fixed === 'cache_clear') return failureClass === 'resource' ? 'the cache may have been stale' : null;
  return isLessonFix(fixed) ? 'such a call has succeeded after this fix before' : null;
};

/** Decides whether a failed call may be repeated. Pure. */
export const decideRepeat = ({ diagnosis, kind, replay, reports, fixed }: RepeatInput): RepeatDecision => {
  const { situation, grade } = diagnosis;
  const rejection = situation === 'rejected' && isHarmless(kind) ? undoneBy(fixed, diagnosis) : null;
  const rule = rejection === null ? ruleOf(diagnosis, kind, reports) : 'after_fix';
  const allow = (reason: string): RepeatDecision => ({ allowed: true, code: 'REPEAT_ALLOWED', rule, reason });
  const deny = (code: DenialCode, reason: string): RepeatDecision => ({ allowed: false, code, rule, reason });
  const evidence = evidenceText(diagnosis);

  if (replay === 'never') return deny('REPEAT_SWITCHED_OFF', 'the config says `replay: never` for this tool');
  switch (rule) {
    case 'repeat':
      return allow(`${evidence}; a tool that is ${kind} may be retried`);
    case 'after_fix': {
      const because = rejection ?? evidence;
      return fixed === null
        ? deny('REPEAT_NEEDS_FIX', `${because}; the call may be retried only after a fix has succeeded`)
        : allow(`${because}; the call may be retried after ${fixed}`);
    }
    case 'on_request':
      if (replay === 'always') return allow('the config says `replay: always` for this tool');
      return deny('REPEAT_UNSAFE', `${evidence}; ${unsafe(kind, grade)} is not retried`);
    case 'never':
      return situation === 'rejected'
        ? deny('REPEAT_USELESS', words.rejected)
        : deny('REPEAT_UNSAFE', `${evidence}; ${unsafe(kind, grade)} is never retried`);
  }
};

const unsafe = (kind: ToolKind, grade: Evidence['grade']): string =>
  grade === 'report' && kind === 'destructive'
    ? 'a report is no proof, and a destructive tool'
    : kind === 'destructive'
      ? 'a destructive tool'
      : 'a tool that may change things';
