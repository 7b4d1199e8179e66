/** The six fixes that healflow knows. */
export const fixNames = [
  'kube_login',
  'token_refresh',
  'vpn_connect',
  'retry_backoff',
  'cache_clear',
  'wait_retry',
] as const;
export type FixName = (typeof fixNames)[number];

/** How a fix is run: at once, after a person has agreed, or not at all, only saying what it would do. */
export const fixModes = ['auto', 'ask', 'dry-run'] as const;
export type FixMode = (typeof fixModes)[number];

/** What kind of failure a diagnosis found; `none` is a healthy output. */
export const diagnosisClasses = ['auth', 'network', 'resource', 'rate', 'server', 'usage', 'none'] as const;
export type DiagnosisClass = (typeof diagnosisClasses)[number];

/** How the tool gave its output: a normal result, a result marked `isError`, or a thrown error. */
export const channels = ['result', 'isError', 'exception'] as const;
export type Channel = (typeof channels)[number];

/** Could the call have taken effect? `no` only where that is certain. */
export type Delivery = 'no' | 'maybe';

/** When the tool's own backend failed: certainly before anything was changed, or not known. */
export const phases = ['before_effect', 'unknown'] as const;
export type Phase = (typeof phases)[number];

/** What a tool may do to the world, from the user's config or else from its MCP annotations. */
export const toolKinds = ['read-only', 'idempotent', 'destructive', 'unannotated'] as const;
export type ToolKind = (typeof toolKinds)[number];

/**
 * How a run ended. `healed`: a retry after the first failure succeeded. `unknown`: it failed, was not
 * repeated, and may have taken effect.
 */
export type OutcomeStatus = 'succeeded' | 'healed' | 'failed' | 'unknown';

/** The failures that the repeat policy tells apart: one per row of its table. */
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
export type Situation = (typeof situations)[number];
