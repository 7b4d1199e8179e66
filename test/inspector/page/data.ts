import type { RunDetail, RunSummary, Step, Totals } from '../../../src/inspector/page/api/types.ts';

// Generated runs for the tests and the benchmark of the inspector's page; the same seed gives the same runs.

/** A small generator of numbers in [0, 1). */
export const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

/** Hostile texts. */
export const hostile = {
  markup: '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>',
  escapes: '\u001b[31mred\u001b[0m \u001b]8;;https://evil.example/\u0007link\u001b]8;;\u0007 \u0000 end',
  turned: 'user \u202egnp.exe\u202c \u200bhidden \u2066left\u2069',
  long: `${'a'.repeat(150)} ${'界'.repeat(100)}`,
};

interface Failure {
  readonly class: string;
  readonly pattern: string;
  readonly fix: string | null;
  readonly kind: string;
  readonly error: string;
  readonly evidence: string;
  readonly command?: string;
  readonly output?: string;
  readonly why: string;
  readonly delivered: string;
}

const failures: readonly Failure[] = [
  {
    class: 'auth',
    pattern: 'kubernetes.unauthorized',
    fix: 'kube_login',
    kind: 'read-only',
    error: 'error: You must be logged in to the server (Unauthorized)',
    evidence: 'You must be logged in to the server',
    command: 'tsh kube login staging',
    output: 'Logged into Kubernetes cluster "staging".\nToken: ***\nValid until 2026-02-04 18:30 UTC',
    why: 'A call without a valid login is refused before anything is done.',
    delivered: 'no',
  },
  {
    class: 'auth',
    pattern: 'gitlab.token_expired',
    fix: 'token_refresh',
    kind: 'unannotated',
    error:
      '{"error":"invalid_token","error_description":"Token is expired. You can either do re-authorization or token refresh."}',
    evidence: 'Token is expired',
    command: 'OAuth 2.0 refresh at https://gitlab.example/oauth/token',
    output: 'a new token for 7200 s',
    why: 'The token was looked at first.',
    delivered: 'no',
  },
  {
    class: 'network',
    pattern: 'code.ECONNREFUSED',
    fix: 'vpn_connect',
    kind: 'destructive',
    error: 'connect ECONNREFUSED 10.20.0.5:5432',
    evidence: 'ECONNREFUSED',
    command: 'nmcli connection up office',
    output: 'Connection successfully activated (D-Bus active path: /org/freedesktop/NetworkManager/ActiveConnection/7)',
    why: 'Nothing was sent: the connection was refused.',
    delivered: 'no',
  },
  {
    class: 'rate',
    pattern: 'http.429',
    fix: 'wait_retry',
    kind: 'idempotent',
    error: 'HTTP 429 Too Many Requests: retry after 2 seconds',
    evidence: '429 Too Many Requests',
    why: 'The server has turned the call away.',
    delivered: 'no',
  },
  {
    class: 'server',
    pattern: 'http.503',
    fix: 'retry_backoff',
    kind: 'read-only',
    error: '503 Service Unavailable: upstream connect error or disconnect/reset before headers',
    evidence: '503 Service Unavailable',
    why: 'The answer does not tell how far the call has come.',
    delivered: 'maybe',
  },
  {
    class: 'resource',
    pattern: 'cache.stale_handle',
    fix: 'cache_clear',
    kind: 'idempotent',
    error: 'ESTALE: stale file handle, read',
    evidence: 'ESTALE',
    why: 'The cache was read, nothing was written.',
    delivered: 'no',
  },
  {
    class: 'usage',
    pattern: 'http.403.forbidden',
    fix: null,
    kind: 'read-only',
    error: 'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "prod"',
    evidence: 'is forbidden',
    why: 'The call was refused.',
    delivered: 'no',
  },
];

const tools = [
  'k8s_get_pods',
  'k8s_apply',
  'gitlab_list_merge_requests',
  'gitlab_create_issue',
  'pg_query',
  'search_documents',
  'http_get',
  'deploy_service',
  'read_file',
];

const walk = (way: readonly string[], times: readonly number[], startedAt: number): Step[] => {
  let atMs = 0;
  return way.slice(1).map((to, index) => {
    const durationMs = index === 0 ? 0 : (times[index - 1] ?? 0);
    atMs += durationMs;
    return { seq: index, at: Math.round(startedAt + atMs), atMs, from: way[index] ?? '', to, durationMs };
  });
};

const ways = {
  healed: [
    '[*]',
    'Executing',
    'ErrorDetected',
    'Analyzing',
    'FixAvailable',
    'ApplyingFix',
    'Retrying',
    'Success',
    'Logging',
    '[*]',
  ],
  failed: ['[*]', 'Executing', 'ErrorDetected', 'Analyzing', 'NoFix', 'Logging', '[*]'],
  unknown: ['[*]', 'Executing', 'ErrorDetected', 'Analyzing', 'FixAvailable', 'ApplyingFix', 'NoFix', 'Logging', '[*]'],
  twice: [
    ...['[*]', 'Executing', 'ErrorDetected', 'Analyzing', 'FixAvailable', 'ApplyingFix', 'Retrying'],
    ...['ErrorDetected', 'Analyzing', 'FixAvailable', 'ApplyingFix', 'Retrying', 'Success', 'Logging', '[*]'],
  ],
};

type Way = keyof typeof ways;

const slow: Readonly<Record<string, number>> = { Executing: 180, Analyzing: 0.6, ApplyingFix: 2400, Retrying: 150 };

const pick = <T>(some: readonly T[], random: () => number): T => {
  const one = some[Math.floor(random() * some.length)];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
};

const wayOf = (drawn: number): Way => {
  if (drawn < 0.72) return 'healed';
  if (drawn < 0.8) return 'twice';
  return drawn < 0.92 ? 'unknown' : 'failed';
};

/** One finished run of this kind, with all details. */
export const makeRun = ({
  number,
  startedAt,
  random,
  way,
  ...more
}: Partial<RunDetail> & {
  readonly number: number;
  readonly startedAt: number;
  readonly random: () => number;
  readonly way?: Way;
}): RunDetail => {
  const known = pick(failures, random);
  const healable = known.fix !== null;
  const drawn = random();
  const chosen = way ?? (healable ? wayOf(drawn) : 'failed');
  const states = ways[chosen];
  const times = states.slice(1).map((state) => (slow[state] ?? 0.05) * (0.4 + random() * 1.4));
  const steps = walk(states, times, startedAt);
  const durationMs = steps.at(-1)?.atMs ?? 0;
  const status = chosen === 'twice' ? 'healed' : chosen;
  const fixed = chosen !== 'failed';
  const rounds = chosen === 'twice' ? 2 : 1;
  const attempts = status === 'healed' ? rounds + 1 : rounds;
  return {
    runId: `run-${String(number).padStart(6, '0')}`,
    tool: pick(tools, random),
    kind: known.kind,
    processId: `process-${1 + (number % 3)}`,
    startedAt,
    endedAt: Math.round(startedAt + durationMs),
    status,
    state: 'Logging',
    class: known.class,
    pattern: known.pattern,
    fixes: fixed ? Array.from({ length: rounds }, () => known.fix ?? '') : [],
    attempts,
    durationMs,
    error: known.error,
    steps,
    diagnoses: Array.from({ length: rounds }, (_, index) => ({
      attempt: index + 1,
      class: known.class,
      pattern: known.pattern,
      fix: known.fix,
      delivered: known.delivered,
      evidence: known.evidence,
      why: known.why,
    })),
    fixReports: fixed
      ? Array.from({ length: rounds }, () => ({
          fix: known.fix ?? '',
          status: status === 'healed' ? 'succeeded' : 'failed',
          reason: status === 'healed' ? 'exit code 0, and the probe found it well' : 'exit code 1 after 2.1 s',
          durationMs: 2100,
          ...(known.command && { command: known.command }),
          ...(known.output && { output: known.output }),
        }))
      : [],
    attemptsList: Array.from({ length: attempts }, (_, index) => ({
      number: index + 1,
      startedAt: startedAt + index * 2500,
      durationMs: 120 + index * 30,
      ok: status === 'healed' && index === attempts - 1,
      error: status === 'healed' && index === attempts - 1 ? null : known.error,
    })),
    policy:
      status === 'unknown'
        ? { mayRepeat: false, reason: 'The tool may change things, and the call may have taken effect.' }
        : {
            mayRepeat: healable,
            reason: healable ? 'The call was refused before any effect.' : 'A rejected call stays rejected.',
          },
    refusal: healable ? null : { code: 'NO_FIX_KNOWN', reason: 'No fix helps against a missing permission.' },
    ...more,
  };
};

/** A run whose every text is hostile. */
export const hostileRun = (startedAt: number, random: () => number): RunDetail =>
  makeRun({
    number: 999_999,
    startedAt,
    random,
    way: 'healed',
    runId: 'run-<b>hostile</b>',
    tool: hostile.markup,
    error: `${hostile.escapes} ${hostile.markup}`,
    diagnoses: [
      {
        attempt: 1,
        class: 'auth',
        pattern: '<i>pattern</i>',
        fix: 'kube_login',
        delivered: 'no',
        evidence: hostile.markup,
        why: hostile.turned,
      },
    ],
    fixReports: [
      {
        fix: 'kube_login',
        status: 'failed',
        reason: hostile.turned,
        durationMs: 12,
        command: hostile.markup,
        output: `${hostile.escapes}\n${hostile.long}\n${hostile.markup}`,
      },
    ],
    attemptsList: [{ number: 1, startedAt, durationMs: 3, ok: false, error: `${hostile.escapes} ${hostile.markup}` }],
    policy: { mayRepeat: true, reason: hostile.markup },
    refusal: { code: 'CODE', reason: hostile.turned },
  });

/** `count` runs, newest first. */
export const makeRuns = (
  count: number,
  {
    seed = 1,
    newest = Date.UTC(2026, 1, 4, 10, 30),
    everyMs = 47_000,
  }: { readonly seed?: number; readonly newest?: number; readonly everyMs?: number } = {},
): RunDetail[] => {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, index) =>
    makeRun({ number: count - index, startedAt: newest - index * everyMs - Math.floor(random() * 9000), random }),
  );
};

/** The summary of a run. */
export const summaryOf = ({
  steps,
  diagnoses,
  fixReports,
  attemptsList,
  policy,
  refusal,
  ...summary
}: RunDetail): RunSummary => summary;

/** The totals of these runs. */
export const totalsOf = (runs: readonly RunDetail[]): Totals => {
  type Counts = { healed: number; failed: number; unknown: number; succeeded: number };
  const none = (): Counts => ({ healed: 0, failed: 0, unknown: 0, succeeded: 0 });
  const outcomes = none();
  const groups = {
    tool: new Map<string, Counts & { name: string }>(),
    fix: new Map<string, Counts & { name: string }>(),
    class: new Map<string, Counts & { name: string }>(),
  };
  const buckets = new Map<number, { t: number; healed: number; failed: number; unknown: number }>();
  const arrows: Record<string, number> = {};
  const times: number[] = [];
  const add = (kind: keyof typeof groups, name: string, status: keyof Counts): void => {
    const group = groups[kind].get(name) ?? { name, ...none() };
    group[status] += 1;
    groups[kind].set(name, group);
  };
  for (const run of runs) {
    if (run.status === 'running') continue;
    outcomes[run.status] += 1;
    add('tool', run.tool, run.status);
    if (run.class) add('class', run.class, run.status);
    for (const fix of new Set(run.fixes)) add('fix', fix, run.status);
    const t = Math.floor(run.startedAt / 3_600_000) * 3_600_000;
    const bucket = buckets.get(t) ?? { t, healed: 0, failed: 0, unknown: 0 };
    if (run.status !== 'succeeded') bucket[run.status] += 1;
    buckets.set(t, bucket);
    for (const { from, to } of run.steps) arrows[`${from}->${to}`] = (arrows[`${from}->${to}`] ?? 0) + 1;
    if (run.status === 'healed') times.push(run.durationMs ?? 0);
  }
  outcomes.succeeded = runs.length * 37;
  times.sort((a, b) => a - b);
  const limits = [50, 100, 250, 500, 1000, 2500, 5000, 10_000, null];
  return {
    outcomes,
    byTool: [...groups.tool.values()],
    byFix: [...groups.fix.values()],
    byClass: [...groups.class.values()],
    overTime: [...buckets.values()].sort((a, b) => a.t - b.t),
    healMs: {
      p50: times[Math.floor(times.length / 2)] ?? null,
      p95: times[Math.floor(times.length * 0.95)] ?? null,
      histogram: limits.map((leMs, index) => ({
        leMs,
        count: times.filter((ms) => ms > (limits[index - 1] ?? 0) && (leMs === null || ms <= leMs)).length,
      })),
    },
    arrows,
  };
};
