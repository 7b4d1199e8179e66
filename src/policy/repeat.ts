import type { Diagnosis } from '../model/diagnosis.ts';
import type { RefusalCode } from '../model/refusal.ts';
import type { FixName, Situation, ToolKind } from '../model/terms.ts';

/**
 * `repeat`: may be repeated · `after_fix`: once a fix has succeeded · `on_request`: if a pattern's
 * phase or the user's `replay: always` says so · `never`.
 */
export type RepeatRule = 'repeat' | 'after_fix' | 'on_request' | 'never';

type Row = Readonly<Record<ToolKind, RepeatRule>>;

const row = (readOnly: RepeatRule, idempotent: RepeatRule, destructive: RepeatRule, unannotated: RepeatRule): Row => ({
  'read-only': readOnly,
  idempotent,
  destructive,
  unannotated,
});

/** When a failed call may be repeated: one row per situation, one column per kind of tool. */
export const repeatTable: Readonly<Record<Situation, Row>> = {
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

/** What the user's config says of repeating one tool's calls. */
export type Replay = 'never' | 'safe' | 'always';

export interface RepeatInput {
  readonly diagnosis: Pick<Diagnosis, 'situation' | 'phase' | 'class'>;
  readonly kind: ToolKind;
  readonly replay: Replay;
  /** The fix that has just succeeded, or that would be run; null if there is none. */
  readonly fixed: FixName | null;
}

type DenialCode = Extract<RefusalCode, `REPEAT_${string}`>;

/** Whether a call may be repeated, the rule that decided, and the reason in words. */
export type RepeatDecision = { readonly rule: RepeatRule; readonly reason: string } & (
  | { readonly allowed: true; readonly code: 'REPEAT_ALLOWED' }
  | { readonly allowed: false; readonly code: DenialCode }
);

/** Decides whether a failed call may be repeated. Pure. */
export const decideRepeat = ({ diagnosis, kind, replay, fixed }: RepeatInput): RepeatDecision => {
  const { situation, phase } = diagnosis;
  const isHarmless = kind === 'read-only' || kind === 'idempotent';
  // A stale cache answers 404 for a thing that is there: emptying it earns a harmless tool one more try.
  const staleCache =
    situation === 'rejected' && diagnosis.class === 'resource' && fixed === 'cache_clear' && isHarmless;
  const rule = staleCache ? 'after_fix' : repeatTable[situation][kind];
  const decide = (code: RepeatDecision['code'], reason: string): RepeatDecision =>
    code === 'REPEAT_ALLOWED' ? { allowed: true, code, rule, reason } : { allowed: false, code, rule, reason };
  const after = ` after ${fixed}`;

  if (replay === 'never') return decide('REPEAT_SWITCHED_OFF', 'the config says `replay: never` for this tool');
  switch (rule) {
    case 'repeat':
      return decide('REPEAT_ALLOWED', `${words[situation]}, and the tool is ${kind}: it may be repeated`);
    case 'after_fix':
      return fixed === null
        ? decide('REPEAT_NEEDS_FIX', `${words[situation]}: it may be repeated only after a fix has succeeded`)
        : decide(
            'REPEAT_ALLOWED',
            `${staleCache ? 'the cache may have been stale' : words[situation]}: it may be repeated${after}`,
          );
    case 'on_request':
      if (replay === 'always') return decide('REPEAT_ALLOWED', 'the config says `replay: always` for this tool');
      if (situation === 'backend_error' && phase === 'before_effect') {
        return fixed === null
          ? decide(
              'REPEAT_NEEDS_FIX',
              `${words[situation]} before anything was changed: it may be repeated only after a fix has succeeded`,
            )
          : decide('REPEAT_ALLOWED', `${words[situation]} before anything was changed: it may be repeated${after}`);
      }
      return decide(
        'REPEAT_UNSAFE',
        `${words[situation]} and the tool is ${kind}: the call may have taken effect, so it is not repeated`,
      );
    case 'never':
      return situation === 'rejected'
        ? decide('REPEAT_USELESS', words.rejected)
        : decide(
            'REPEAT_UNSAFE',
            `${words[situation]} and the tool is ${kind}: the call may have taken effect, so it is never repeated`,
          );
  }
};
