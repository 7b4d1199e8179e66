import type { AttemptResult, FixDecision, FixResult, HealingOutput } from '../../machines/index.ts';
import type { ToolKind } from '../../src/model/terms.ts';
import { diagnosis, ended, gave, plans, refuses, threw, unsafe, waited, went } from './samples.ts';

/** A service's answer, or the error it rejects with. */
export type Answer<T> = T | Error;

/** A run from its begin to its end: what the services answer, in order, and what comes of it. */
export interface Story {
  readonly title: string;
  readonly kind?: ToolKind;
  readonly maxAttempts?: number;
  readonly healForNextCall?: boolean;
  readonly attempts: readonly Answer<AttemptResult>[];
  readonly decisions?: readonly Answer<FixDecision>[];
  readonly fixes?: readonly Answer<FixResult>[];
  /** The states visited, in order. */
  readonly states: string;
  readonly output: Partial<Omit<HealingOutput, 'refusal'>> & { readonly refusal: string | null };
  /** The service that is reported as broken. */
  readonly broken?: string;
}

const expired = diagnosis('token_expired');
const refused = diagnosis('transport.refused', { class: 'network', situation: 'not_sent' });
const cut = diagnosis('transport.reset', { class: 'network', situation: 'interrupted', delivered: 'maybe' });
const down = new Error('connect ECONNREFUSED');
const stale = { isError: true, content: [{ type: 'text', text: 'token expired' }] };
const pods = ['api', 'web'];
/** What a broken service rejects with. */
export const broken = new Error('broken');

const firstFailure = threw(down, refused);
const secondFailure = gave(stale, expired);
const lastFailure = gave({ isError: true }, expired);
const vpn = ended('vpn_connect', 'succeeded');
const token = ended('token_refresh', 'succeeded');
const pause = ended('retry_backoff', 'succeeded');
const away = waited(
  { ...firstFailure, refusal: { code: 'PATIENCE_EXHAUSTED', reason: 'away' } },
  'retry_backoff',
  'failed',
);
const healedLate = waited(went(pods), 'retry_backoff');
const failedLate = waited(secondFailure, 'retry_backoff');
const waits = (...results: readonly AttemptResult[]) => results.flatMap(({ wait }) => wait ?? []);
const unrepeatable = ended('vpn_connect', 'succeeded', unsafe);
const unmended = (['failed', 'timed_out', 'refused', 'cancelled'] as const).map((status) =>
  ended('token_refresh', status),
);
const reports = (...results: readonly FixResult[]) => results.flatMap(({ report }) => report ?? []);
const again = 'ErrorDetected Analyzing FixAvailable ApplyingFix';
const healing = `Executing ${again}`;

export const stories: readonly Story[] = [
  {
    title: 'a healthy call',
    attempts: [went(pods)],
    states: 'Executing Success Logging',
    output: {
      status: 'succeeded',
      attempts: 1,
      settled: { ok: true, value: pods },
      diagnosis: null,
      lastDiagnosis: null,
      fixes: [],
      refusal: null,
    },
  },
  {
    title: 'healed at the first retry',
    attempts: [firstFailure, went(pods)],
    decisions: [plans(refused, 'vpn_connect')],
    fixes: [vpn],
    states: `${healing} Retrying Success Logging`,
    output: {
      status: 'healed',
      attempts: 2,
      settled: { ok: true, value: pods },
      diagnosis: refused,
      lastDiagnosis: refused,
      fixes: reports(vpn),
      refusal: null,
    },
  },
  {
    title: 'healed after a wait that the retry went on with',
    attempts: [firstFailure, healedLate],
    decisions: [plans(refused, 'retry_backoff')],
    fixes: [pause],
    states: `${healing} Retrying Success Logging`,
    output: {
      status: 'healed',
      kind: 'read-only',
      attempts: 2,
      fixes: waits(healedLate),
      refusal: null,
    },
  },
  {
    title: 'another failure after a wait',
    attempts: [firstFailure, failedLate, went(pods)],
    decisions: [plans(refused, 'retry_backoff'), plans(expired, 'token_refresh')],
    fixes: [pause, token],
    states: `${healing} Retrying ${again} Retrying Success Logging`,
    output: {
      status: 'healed',
      kind: 'read-only',
      attempts: 3,
      fixes: [...waits(failedLate), ...reports(token)],
      refusal: null,
    },
  },
  {
    title: 'a wait in vain, after which no attempt is made although some are left',
    attempts: [firstFailure, away],
    decisions: [plans(refused, 'retry_backoff')],
    fixes: [pause],
    states: `${healing} Retrying NoFix Logging`,
    output: { status: 'failed', kind: 'read-only', attempts: 2, fixes: waits(away), refusal: 'PATIENCE_EXHAUSTED' },
  },
  {
    title: 'a retry whose turn never came',
    attempts: [firstFailure, { ...firstFailure, calls: 0, timeLeft: false }],
    decisions: [plans(refused, 'retry_backoff')],
    fixes: [pause],
    states: `${healing} Retrying NoFix Logging`,
    output: { status: 'failed', attempts: 1, fixes: reports(pause), refusal: 'DEADLINE_PASSED' },
  },
  {
    title: 'healed at the second retry by the same fix',
    attempts: [firstFailure, firstFailure, went(pods)],
    decisions: [plans(refused, 'retry_backoff'), plans(refused, 'retry_backoff')],
    fixes: [ended('retry_backoff', 'succeeded'), ended('retry_backoff', 'succeeded')],
    states: `${healing} Retrying ${again} Retrying Success Logging`,
    output: { status: 'healed', attempts: 3, diagnosis: refused, lastDiagnosis: refused, refusal: null },
  },
  {
    title: 'two causes in a row: the VPN is down, then the token has expired',
    attempts: [firstFailure, secondFailure, went(pods)],
    decisions: [plans(refused, 'vpn_connect'), plans(expired, 'token_refresh')],
    fixes: [vpn, token],
    states: `${healing} Retrying ${again} Retrying Success Logging`,
    output: {
      status: 'healed',
      attempts: 3,
      diagnosis: refused,
      lastDiagnosis: expired,
      fixes: reports(vpn, token),
      refusal: null,
    },
  },
  {
    title: 'an analysis that knows better than the attempt',
    attempts: [threw(down, cut), went(pods)],
    decisions: [plans(refused, 'vpn_connect')],
    fixes: [vpn],
    states: `${healing} Retrying Success Logging`,
    output: { status: 'healed', diagnosis: refused, lastDiagnosis: refused, refusal: null },
  },
  {
    title: 'a fix that is not needed: the call is just repeated',
    attempts: [firstFailure, went(pods)],
    decisions: [plans(refused, 'vpn_connect')],
    fixes: [ended('vpn_connect', 'not_needed')],
    states: `${healing} Retrying Success Logging`,
    output: { status: 'healed', attempts: 2, refusal: null },
  },
  {
    title: 'no fix',
    attempts: [firstFailure],
    decisions: [refuses(refused, 'NO_FIX_KNOWN')],
    states: 'Executing ErrorDetected Analyzing NoFix Logging',
    output: {
      status: 'failed',
      attempts: 1,
      settled: { ok: false, thrown: true, error: down },
      diagnosis: refused,
      fixes: [],
      refusal: 'NO_FIX_KNOWN',
    },
  },
  {
    title: 'no fix for the second cause',
    attempts: [firstFailure, secondFailure],
    decisions: [plans(refused, 'vpn_connect'), refuses(expired, 'NO_FIX_KNOWN')],
    fixes: [vpn],
    states: `${healing} Retrying ErrorDetected Analyzing NoFix Logging`,
    output: {
      status: 'failed',
      attempts: 2,
      settled: { ok: false, thrown: false, value: stale },
      diagnosis: refused,
      lastDiagnosis: expired,
      refusal: 'NO_FIX_KNOWN',
    },
  },
  ...unmended.map((end) => ({
    title: `a fix that ended as ${end.report?.status}`,
    attempts: [secondFailure],
    decisions: [plans(expired, 'token_refresh')],
    fixes: [end],
    states: `${healing} NoFix Logging`,
    output: {
      status: 'failed' as const,
      attempts: 1,
      settled: secondFailure.settled,
      fixes: reports(end),
      refusal: `FIX_${end.report?.status.toUpperCase()}`,
    },
  })),
  {
    title: 'a fix that failed after another had succeeded',
    attempts: [firstFailure, secondFailure],
    decisions: [plans(refused, 'vpn_connect'), plans(expired, 'token_refresh')],
    fixes: [vpn, ended('token_refresh', 'failed')],
    states: `${healing} Retrying ${again} NoFix Logging`,
    output: { status: 'failed', attempts: 2, settled: secondFailure.settled, refusal: 'FIX_FAILED' },
  },
  {
    title: 'a call that may not be repeated though the fix succeeded',
    attempts: [threw(down, cut)],
    decisions: [plans(cut, 'vpn_connect')],
    fixes: [unrepeatable],
    states: `${healing} NoFix Logging`,
    output: {
      status: 'unknown',
      attempts: 1,
      settled: { ok: false, thrown: true, error: down },
      fixes: reports(unrepeatable),
      refusal: 'REPEAT_UNSAFE',
    },
  },
  {
    title: 'a fix that was not run as the call may not be repeated',
    attempts: [threw(down, cut)],
    decisions: [plans(cut, 'retry_backoff')],
    fixes: [{ report: null, mayRepeat: unsafe }],
    states: `${healing} NoFix Logging`,
    output: { status: 'unknown', fixes: [], refusal: 'REPEAT_UNSAFE' },
  },
  {
    title: 'only one attempt allowed: the cause is fixed, the call not repeated',
    maxAttempts: 1,
    attempts: [firstFailure],
    decisions: [plans(refused, 'vpn_connect')],
    fixes: [vpn],
    states: `${healing} NoFix Logging`,
    output: { status: 'failed', attempts: 1, refusal: 'ATTEMPTS_EXHAUSTED' },
  },
  {
    title: 'two attempts that both failed',
    maxAttempts: 2,
    attempts: [firstFailure, secondFailure],
    decisions: [plans(refused, 'vpn_connect')],
    fixes: [vpn],
    states: `${healing} Retrying NoFix Logging`,
    output: {
      status: 'failed',
      attempts: 2,
      settled: secondFailure.settled,
      diagnosis: refused,
      lastDiagnosis: expired,
      refusal: 'ATTEMPTS_EXHAUSTED',
    },
  },
  {
    title: 'two attempts that both failed, and a fix for later calls',
    maxAttempts: 2,
    healForNextCall: true,
    attempts: [firstFailure, secondFailure],
    decisions: [plans(refused, 'vpn_connect'), plans(expired, 'token_refresh')],
    fixes: [vpn, token],
    states: `${healing} Retrying ${again} NoFix Logging`,
    output: { status: 'failed', attempts: 2, fixes: reports(vpn, token), refusal: 'ATTEMPTS_EXHAUSTED' },
  },
  {
    title: 'a last retry that may have taken effect',
    maxAttempts: 2,
    attempts: [firstFailure, threw(down, cut)],
    decisions: [plans(refused, 'vpn_connect')],
    fixes: [vpn],
    states: `${healing} Retrying NoFix Logging`,
    output: { status: 'unknown', diagnosis: refused, lastDiagnosis: cut, refusal: 'ATTEMPTS_EXHAUSTED' },
  },
  {
    title: 'a last retry that may have reached a tool that only reads',
    kind: 'read-only',
    maxAttempts: 2,
    attempts: [firstFailure, { ...threw(down, cut), isHarmless: true }],
    decisions: [plans(refused, 'vpn_connect')],
    fixes: [vpn],
    states: `${healing} Retrying NoFix Logging`,
    output: { status: 'failed', kind: 'read-only', refusal: 'ATTEMPTS_EXHAUSTED' },
  },
  {
    title: 'a deadline that leaves no time for another round',
    attempts: [firstFailure, gave(stale, expired, false)],
    decisions: [plans(refused, 'vpn_connect')],
    fixes: [vpn],
    states: `${healing} Retrying NoFix Logging`,
    output: { status: 'failed', attempts: 2, settled: secondFailure.settled, refusal: 'DEADLINE_PASSED' },
  },
  {
    title: 'three attempts that all failed',
    attempts: [firstFailure, secondFailure, lastFailure],
    decisions: [plans(refused, 'vpn_connect'), plans(expired, 'token_refresh')],
    fixes: [vpn, token],
    states: `${healing} Retrying ${again} Retrying NoFix Logging`,
    output: { status: 'failed', attempts: 3, settled: lastFailure.settled, refusal: 'ATTEMPTS_EXHAUSTED' },
  },
  {
    title: 'an analysis that breaks: the failure stays as the tool gave it',
    attempts: [secondFailure],
    decisions: [broken],
    states: 'Executing ErrorDetected Analyzing NoFix Logging',
    output: {
      status: 'failed',
      attempts: 1,
      settled: { ok: false, thrown: false, value: stale },
      diagnosis: expired,
      refusal: 'ANALYSIS_BROKEN',
    },
    broken: 'planFix',
  },
  {
    title: 'a fix service that breaks: the failure stays as the tool gave it',
    attempts: [secondFailure],
    decisions: [plans(expired, 'token_refresh')],
    fixes: [broken],
    states: `${healing} NoFix Logging`,
    output: {
      status: 'failed',
      attempts: 1,
      settled: { ok: false, thrown: false, value: stale },
      fixes: [],
      refusal: 'FIX_BROKEN',
    },
    broken: 'applyFix',
  },
  {
    title: 'a first attempt whose service breaks counts as one that threw',
    attempts: [broken, went(pods)],
    decisions: [plans(refused, 'vpn_connect')],
    fixes: [vpn],
    states: `${healing} Retrying Success Logging`,
    output: { status: 'healed', attempts: 2, diagnosis: refused, lastDiagnosis: refused, refusal: null },
    broken: 'attemptTool',
  },
  {
    title: 'a first attempt whose service breaks and that nothing heals',
    attempts: [broken],
    decisions: [broken],
    states: 'Executing ErrorDetected Analyzing NoFix Logging',
    output: {
      status: 'unknown',
      attempts: 1,
      settled: { ok: false, thrown: true, error: broken },
      diagnosis: null,
      lastDiagnosis: null,
      refusal: 'ANALYSIS_BROKEN',
    },
    broken: 'attemptTool planFix',
  },
  {
    title: 'a retry whose service breaks: what the tool gave before stays',
    attempts: [secondFailure, broken],
    decisions: [plans(expired, 'token_refresh')],
    fixes: [token],
    states: `${healing} Retrying NoFix Logging`,
    output: { status: 'unknown', attempts: 2, settled: secondFailure.settled, refusal: 'ATTEMPT_BROKEN' },
    broken: 'attemptTool',
  },
];
