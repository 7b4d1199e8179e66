/** An event of typical size, about 450 bytes in the log; every tenth was not healed. */
export const event = (number) => {
  const healed = number % 10 !== 0;
  return {
    timestamp: new Date(Date.UTC(2026, 0, 1) + number * 1_000).toISOString(),
    tool: `tool_${number % 20}`,
    error: '401 Unauthorized: the server has asked for the client to provide credentials',
    fix_applied: healed ? 'kube_login' : null,
    result: healed ? 'success' : 'failure',
    retry_count: healed ? 1 : 0,
    run_id: number.toString(16).padStart(16, '0'),
    class: 'auth',
    pattern: 'http.401',
    outcome: healed ? 'healed' : 'failed',
    attempts: healed ? 2 : 1,
    duration_ms: (number * 7_919) % 10_000,
    fixes: healed ? [{ fix: 'kube_login', status: 'succeeded', ms: 900 }] : [],
    ...(healed ? {} : { refusal: 'FIX_UNAVAILABLE', refusal_reason: 'kube_login is not configured for this tool' }),
    pid: process.pid,
    kind: 'read-only',
  };
};
