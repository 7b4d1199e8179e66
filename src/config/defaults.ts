/** Minimum time between two runs of a fix, in ms; `own` is for each command of `fixes.own`. Logins may need a person, and accounts lock; clearing a cache costs little. */
export const cooldownMs = {
  kube_login: 30_000,
  token_refresh: 30_000,
  vpn_connect: 30_000,
  cache_clear: 5_000,
  own: 30_000,
} as const;

/** How often a fix may run within a window: twice what tokens of five minutes need, a quarter of what the cool-down allows. */
export const budget = { runs: 30, windowMs: 3_600_000 } as const;

/** What holds for every fix that says nothing else. */
export const common = { tools: ['*'], timeoutMs: 30_000, mode: 'auto', settleMs: 0 } as const;

/** What holds for a command of the user's own that says nothing else. */
export const ownCommand = { outputLimitBytes: 16_384, pollMs: 250 } as const;

/** Defaults for a tool without rules. */
export const toolDefaults = { onError: 'heal', replay: 'safe', upstream: 'default' } as const;
