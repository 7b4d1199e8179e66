import type {
  FleetApprovalRow,
  FleetEvents,
  FleetLeaseRow,
  FleetOverview,
  Read,
} from '../../../src/inspector/page/api/types.ts';
import { hostile, seeded } from './data.ts';

// A generated fleet for the tests of the inspector's page, and a server's part of it.

const minuteMs = 60_000;
const hourMs = 3_600_000;

const approval = (more: Partial<FleetApprovalRow> & { readonly id: string }, now: number): FleetApprovalRow => ({
  state: 'pending',
  key: 'host:vpn_connect:eu-1',
  action: 'command: gatewayctl restart eu-1, then waits until intranet.example.com:443 accepts connections',
  tool: 'k8s_get_pods',
  reason: 'connect ETIMEDOUT 10.20.0.5:443',
  askedAt: now - 4 * minuteMs,
  askedBy: 'process 4211 on build-07',
  expiresAt: now + 24 * hourMs - 4 * minuteMs,
  decidedAt: null,
  decidedBy: null,
  decisionReason: null,
  usedAt: null,
  ...more,
});

const leases = (now: number): readonly FleetLeaseRow[] => [
  {
    key: 'host:vpn_connect:eu-1',
    holder: 'process 4211 on build-07',
    state: 'running',
    since: now - 3_000,
    until: now + 27_000,
    ended: null,
  },
  {
    key: 'host:token_refresh:gitlab',
    holder: 'process 17 on build-02',
    state: 'overdue',
    since: now - 90_000,
    until: now - minuteMs,
    ended: null,
  },
  {
    key: 'host:kube_login:prod',
    holder: 'process 9 on laptop-3',
    state: 'gone',
    since: now - 8_000,
    until: null,
    ended: null,
  },
  {
    key: 'host:cache_clear:default',
    holder: 'process 388 on build-01',
    state: 'ended',
    since: now - 2 * hourMs,
    until: now - 2 * hourMs + 30_000,
    ended: now - 2 * hourMs + 2_000,
  },
];

/** What the fleet does now. */
export const makeFleet = (now: number, more: Partial<FleetOverview> = {}): FleetOverview => ({
  space: 'team-a',
  role: 'alice',
  canDecide: true,
  now,
  machineCount: 52,
  machines: Array.from({ length: 6 }, (_, index) => ({
    id: `machine-${index}`,
    host: `build-0${index + 1}`,
    version: index === 4 ? '0.9.0' : '1.0.0',
    seenAt: now - index * index * 40 * minuteMs - 2_000,
    log:
      index === 5
        ? null
        : {
            events: 12_345 * (index + 1),
            behindBytes: index === 3 ? 48_200_000 : 0,
            copiedAt: now - index * 11 * minuteMs - 2_000,
            clockAheadMs: index === 2 ? -612_000 : 40,
          },
  })),
  leases: leases(now),
  fixes: [
    {
      key: 'host:vpn_connect:eu-1',
      last: { at: now - 12_000, status: 'failed', reason: 'exit code 1 after 2.1 s' },
      coolsUntil: now + 48_000,
      budget: { used: 2, of: 3, windowMs: 600_000 },
    },
    {
      key: 'host:token_refresh:gitlab',
      last: { at: now - 3 * hourMs, status: 'succeeded', reason: 'a new token for 7200 s' },
      coolsUntil: null,
      budget: { used: 0, of: 3, windowMs: 600_000 },
    },
    { key: 'host:kube_login:prod', last: null, coolsUntil: null, budget: null },
  ],
  approvals: [
    approval({ id: '4f6c0d1a92be' }, now),
    approval(
      {
        id: '0a1b2c3d4e5f',
        state: 'denied',
        key: 'host:kube_login:prod',
        decidedAt: now - minuteMs,
        decidedBy: 'bob',
        decisionReason: 'the cluster is being upgraded',
      },
      now,
    ),
    approval(
      {
        id: 'ffffffffffff',
        key: hostile.markup,
        action: `${hostile.escapes}\n${hostile.long}`,
        tool: hostile.turned,
        reason: hostile.markup,
        askedBy: hostile.turned,
      },
      now,
    ),
    approval(
      { id: '111111111111', state: 'used', decidedBy: 'alice', decidedAt: now - hourMs, usedAt: now - minuteMs },
      now,
    ),
    approval({ id: '222222222222', state: 'expired', expiresAt: now - hourMs }, now),
  ],
  ...more,
});

/** The events of the last 24 hours. */
export const makeFleetEvents = (now: number): FleetEvents => {
  const random = seeded(11);
  const newest = Math.floor(now / hourMs) * hourMs;
  const counts = (most: number) => ({
    success: Math.floor(random() * most),
    failure: Math.floor((random() * most) / 6),
    unknown: Math.floor((random() * most) / 12),
  });
  return {
    hours: Array.from({ length: 24 }, (_, index) => ({ t: newest - (23 - index) * hourMs, ...counts(400) })),
    tools: ['k8s_get_pods', 'gitlab_list_merge_requests', 'pg_query', hostile.markup].map((name, index) => ({
      name,
      ...counts(4_000 / (index + 1)),
    })),
    toolCount: 4,
  };
};

/** The fleet of the page's server: what it shows, and the decisions that it got. */
export class PageFleet {
  overview: FleetOverview | null;
  events: FleetEvents | null;
  problem: string | null = null;
  /** How many times the page has looked. */
  looks = 0;
  /** The refusal that the next decision gets; null if it is accepted. */
  refusal: { readonly status: number; readonly code: string; readonly message: string } | null = null;
  readonly decisions: { readonly id: string; readonly approve: boolean; readonly reason: string | null }[] = [];

  constructor(now: number, more: Partial<FleetOverview> = {}) {
    this.overview = makeFleet(now, more);
    this.events = makeFleetEvents(now);
  }

  read(path: string): Read<unknown> | undefined {
    if (path === '/api/fleet/events') return { value: this.events, problem: null, ageMs: 0 };
    if (path !== '/api/fleet') return undefined;
    this.looks += 1;
    return { value: this.overview, problem: this.problem, ageMs: 0 };
  }

  decide(id: string, { approve, reason }: { readonly approve: boolean; readonly reason: string | null }) {
    if (this.refusal !== null) {
      const { status, ...error } = this.refusal;
      return { status, body: { error } };
    }
    this.decisions.push({ id, approve, reason });
    const known = this.overview;
    const state = approve ? ('approved' as const) : ('denied' as const);
    this.overview = known && {
      ...known,
      approvals: known.approvals.map((one) =>
        one.id === id ? { ...one, state, decidedBy: known.role, decidedAt: known.now, decisionReason: reason } : one,
      ),
    };
    return { status: 200, body: { decided: true, state } };
  }
}
