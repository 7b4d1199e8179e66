import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FixName } from '../model/terms.ts';
import type { World } from './world/world.ts';

/** Counters of the servers, by name. */
export type Counts = Readonly<Record<string, number>>;

/** One fault and how it is expected to be healed. */
export interface Scene {
  /** The fault in a few words. */
  readonly fault: string;
  readonly tool: string;
  readonly args: Readonly<Record<string, string>>;
  /** Causes the fault; called before each of the two calls, without and with healflow. */
  readonly breaks: (world: World) => Promise<void>;
  /** The fixes that heal it, in order. */
  readonly fixes: readonly FixName[];
  /** Total calls of the tool. */
  readonly attempts: number;
  readonly counts: (world: World) => Counts | Promise<Counts>;
  /** By how much the healed call increases each counter. */
  readonly moves: Counts;
}

/** Waits until the first access token has expired. */
export const letTokenExpire = async ({ oauth, tokens }: World): Promise<void> => {
  while (await oauth.isActive(tokens.accessToken)) await sleep(100);
};

/** The six faults, one for each fix. */
export const scenes: readonly Scene[] = [
  {
    fault: 'The login to a cluster has expired',
    tool: 'k8s_get_pods',
    args: { cluster: 'staging' },
    breaks: async ({ clusters }) => {
      for (const cluster of Object.values(clusters)) cluster.expireLogins();
    },
    fixes: ['kube_login'],
    attempts: 2,
    counts: ({ clusters: { staging, production } }) => ({
      rejected: staging.rejected,
      'logins to staging': staging.logins,
      'logins to production': production.logins,
    }),
    moves: { rejected: 1, 'logins to staging': 1, 'logins to production': 0 },
  },
  {
    fault: 'The VPN is down',
    tool: 'read_wiki',
    args: {},
    breaks: async () => {},
    fixes: ['vpn_connect'],
    attempts: 2,
    counts: ({ vpn }) => ({ 'tunnels up': vpn.tunnels, 'pages read': vpn.reads }),
    moves: { 'tunnels up': 1, 'pages read': 1 },
  },
  {
    fault: 'A backend fails twice',
    tool: 'get_build',
    args: {},
    breaks: async ({ builds }) => builds.failNext(2),
    fixes: ['retry_backoff', 'retry_backoff'],
    attempts: 3,
    counts: ({ builds }) => ({ failed: builds.failed, answered: builds.answered }),
    moves: { failed: 2, answered: 1 },
  },
  {
    fault: 'A cached index is stale',
    tool: 'show_package',
    args: { name: 'stone' },
    breaks: async ({ packages }) => packages.republish(),
    fixes: ['cache_clear'],
    attempts: 2,
    counts: ({ packages }) => ({ 'not found': packages.notFound, 'index reads': packages.indexReads }),
    moves: { 'not found': 1, 'index reads': 1 },
  },
  {
    fault: 'A rate limit is hit',
    tool: 'search_issues',
    args: {},
    breaks: async ({ search }) => search.useUp(),
    fixes: ['wait_retry'],
    attempts: 2,
    counts: ({ search }) => ({ rejected: search.rejected, answered: search.answered }),
    moves: { rejected: 1, answered: 1 },
  },
  {
    fault: 'An access token has expired',
    tool: 'list_orders',
    args: {},
    breaks: letTokenExpire,
    fixes: ['token_refresh'],
    attempts: 2,
    counts: async ({ orders, oauth, tokens, refreshTokenFile }) => ({
      rejected: orders.rejected,
      'tokens refreshed': oauth.refreshes,
      'refresh token replaced': (await readFile(refreshTokenFile, 'utf8')).trim() === tokens.refreshToken ? 0 : 1,
    }),
    moves: { rejected: 1, 'tokens refreshed': 1, 'refresh token replaced': 1 },
  },
];
