/** The names of the six built-in fixes. */
export const fixNames = [
  'kube_login',
  'token_refresh',
  'vpn_connect',
  'retry_backoff',
  'cache_clear',
  'wait_retry',
] as const;

/** The name of a built-in fix, as one of {@link fixNames}. */
export type BuiltInFixName = (typeof fixNames)[number];

/** The name of a command of `fixes.own`: `own:NAME`. */
export type OwnFixName = `own:${string}`;

/** The name of a lesson, which is a fix that was learned: `lesson:NAME`. */
export type LessonFixName = `lesson:${string}`;

/** Whether a fix is a lesson. */
export const isLessonFix = (name: string): name is LessonFixName => name.startsWith('lesson:');

/** The name of a fix: one of {@link fixNames}, `own:NAME` for a command of `fixes.own`, or `lesson:NAME` for a lesson. */
export type FixName = BuiltInFixName | OwnFixName | LessonFixName;

/** The ways to run a fix: at once, after a person has agreed, or not at all, reporting only what it would do. */
export const fixModes = ['auto', 'ask', 'dry-run'] as const;

/** How a fix is run, as one of {@link fixModes}. */
export type FixMode = (typeof fixModes)[number];

/** The classes of failures. `unrecognised` is a failure that no pattern matches; `none` is a healthy output. */
export const diagnosisClasses = [
  'auth',
  'network',
  'resource',
  'rate',
  'server',
  'usage',
  'unrecognised',
  'none',
] as const;

/** The class of a failure, as one of {@link diagnosisClasses}. */
export type DiagnosisClass = (typeof diagnosisClasses)[number];

/** The ways in which a tool gives its output: a normal result, a result with `isError`, or a thrown error. */
export const channels = ['result', 'isError', 'exception'] as const;

/** How a tool gave its output, as one of {@link channels}. */
export type Channel = (typeof channels)[number];

/**
 * How much a failure says about the call. `proof`: healflow saw it between itself and the MCP server, such as a refused
 * connection or the HTTP status of this very request. `report`: the tool says or throws it about its own backend, so
 * something may have happened before.
 */
export const evidenceGrades = ['proof', 'report'] as const;

/** How much a failure says about the call, as one of {@link evidenceGrades}. */
export type EvidenceGrade = (typeof evidenceGrades)[number];

/** Whether a failed call can have taken effect: `no` only if it certainly has not. */
export type Delivery = 'no' | 'maybe';

/** When the tool's own backend failed: certainly before anything was changed, or unknown. */
export const phases = ['before_effect', 'unknown'] as const;

/** When the tool's own backend failed, as one of {@link phases}. */
export type Phase = (typeof phases)[number];

/** The kinds of tools by their effect, from the configuration or else from the tool's MCP annotations. */
export const toolKinds = ['read-only', 'idempotent', 'additive', 'destructive', 'unannotated'] as const;

/** What a tool may change, as one of {@link toolKinds}. */
export type ToolKind = (typeof toolKinds)[number];

/**
 * What is done about a failure of a tool. `heal`: fixes run and the call is retried, as the rules allow · `retry`: only waits and
 * retries · `hand-back`: the failure is returned at once.
 */
export const onErrors = ['heal', 'retry', 'hand-back'] as const;

/** What is done about a failure of a tool, as one of {@link onErrors}. */
export type OnError = (typeof onErrors)[number];

/**
 * How a run ended. `succeeded`: the first attempt did. `healed`: a retry did. `failed`: no attempt did. `unknown`: the call
 * failed, was not retried, and may have taken effect.
 */
export type OutcomeStatus = 'succeeded' | 'healed' | 'failed' | 'unknown';

/** The failures that the repeat policy distinguishes: one for each row of its table. */
export const situations = [
  'not_sent',
  'unauthenticated',
  'rate_limited',
  'interrupted',
  'unavailable',
  'internal_error',
  'conflict',
  'rejected',
  'backend_error',
] as const;

/** The kind of a failure for the repeat policy, as one of {@link situations}. */
export type Situation = (typeof situations)[number];
