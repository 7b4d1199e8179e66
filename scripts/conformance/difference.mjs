// The checks that differ between two runs of the suite.

/** Replaces what differs in every run: ports, ids, times. */
const steady = (text) =>
  text
    .replace(/127\.0\.0\.1:\d+|localhost:\d+/g, 'HOST')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
    .replace(/\d+(\.\d+)?( ?ms)/g, 'N$2');

/** The verdicts of a scenario by check, sorted if a check has several. INFO is not a verdict. */
const verdicts = (checks) => {
  const byId = new Map();
  for (const { id, status, errorMessage } of checks) {
    if (status === 'INFO') continue;
    const verdict = errorMessage === undefined ? status : `${status}: ${steady(errorMessage)}`;
    byId.set(id, [...(byId.get(id) ?? []), verdict].sort());
  }
  return byId;
};

/** @returns `{ scenario, check, direct, proxied }` for every check whose verdicts differ; a missing verdict is `none`. */
export const differences = (direct, proxied) => {
  const found = [];
  for (const scenario of new Set([...direct.keys(), ...proxied.keys()])) {
    const before = verdicts(direct.get(scenario) ?? []);
    const after = verdicts(proxied.get(scenario) ?? []);
    for (const check of new Set([...before.keys(), ...after.keys()])) {
      const [one, other] = [before, after].map((run) => run.get(check)?.join(' | ') ?? 'none');
      if (one !== other) found.push({ scenario, check, direct: one, proxied: other });
    }
  }
  return found;
};

export const count = (scenarios) => {
  const counts = { scenarios: scenarios.size, checks: 0, passed: 0, failed: 0 };
  for (const checks of scenarios.values()) {
    for (const { status } of checks) {
      if (status === 'INFO') continue;
      counts.checks += 1;
      if (status === 'SUCCESS') counts.passed += 1;
      else if (status !== 'SKIPPED') counts.failed += 1;
    }
  }
  return counts;
};
