/** A fix that changes something, unlike a wait. */
export type RepairName = 'token_refresh' | 'kube_login' | 'vpn_connect' | 'cache_clear';

/** What ends a fault. */
export type Cure =
  /** The first attempt that met it, and then this time; or the longest time, for servers that retry as long as it takes. */
  | { readonly by: 'time'; readonly ms: number; readonly longestMs: number }
  /** A fix that renews the login, opens the network, or clears the cache. */
  | { readonly by: 'fix'; readonly fixes: readonly RepairName[] }
  | { readonly by: 'nothing' };

/** What the backend does while it is faulty. */
export type Symptom =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterS?: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'silence' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'unknown host' };

export interface Fault {
  readonly name: string;
  readonly symptom: Symptom;
  readonly cure: Cure;
  /** How the network fix is configured: a command that ends, or a tunnel that stays in the foreground. None by default. */
  readonly vpn?: 'command' | 'tunnel';
  /**
   * Whether a person could heal a call that changes something. If not, the faulty request takes effect before its failure, so
   * that a retry shows as a second effect.
   */
  readonly healableWrite: boolean;
}

const time = (ms: number): Cure => ({ by: 'time', ms, longestMs: 15_000 });
const fix = (...fixes: RepairName[]): Cure => ({ by: 'fix', fixes });
const never: Cure = { by: 'nothing' };
const status = (code: number, retryAfterS?: number): Symptom => ({
  kind: 'status',
  status: code,
  ...(retryAfterS !== undefined && { retryAfterS }),
});
const closed: Symptom = { kind: 'closed' };

/** A wait that the service asks for ends a little early, so that a client that waits exactly that long is not too early. */
const earlyMs = 100;

export const faults: readonly Fault[] = [
  {
    ...{ name: '401', symptom: status(401), cure: fix('token_refresh', 'kube_login'), vpn: 'command' },
    healableWrite: true,
  },
  { name: '403', symptom: status(403), cure: never, vpn: 'command', healableWrite: false },
  { name: '404', symptom: status(404), cure: never, vpn: 'command', healableWrite: false },
  { name: '404, stale cache', symptom: status(404), cure: fix('cache_clear'), vpn: 'command', healableWrite: false },
  { name: '429', symptom: status(429), cure: time(500), vpn: 'command', healableWrite: true },
  {
    ...{ name: '429, Retry-After', symptom: status(429, 1), cure: time(1_000 - earlyMs), vpn: 'command' },
    healableWrite: true,
  },
  { name: '500', symptom: status(500), cure: time(0), vpn: 'command', healableWrite: false },
  { name: '500 for good', symptom: status(500), cure: never, vpn: 'command', healableWrite: false },
  { name: '503', symptom: status(503), cure: time(300), vpn: 'command', healableWrite: false },
  { name: 'reset', symptom: { kind: 'reset' }, cure: time(0), vpn: 'command', healableWrite: false },
  { name: 'hang', symptom: { kind: 'silence' }, cure: time(0), vpn: 'command', healableWrite: false },
  { name: 'refused 1 s', symptom: closed, cure: time(1_000), healableWrite: true },
  { name: 'refused 3 s', symptom: closed, cure: time(3_000), healableWrite: true },
  { name: 'unknown host 1 s', symptom: { kind: 'unknown host' }, cure: time(1_000), healableWrite: true },
  { name: 'refused, VPN', symptom: closed, cure: fix('vpn_connect'), vpn: 'command', healableWrite: true },
  { name: 'refused, tunnel', symptom: closed, cure: fix('vpn_connect'), vpn: 'tunnel', healableWrite: true },
];

/** The faults of the short run: one of each kind. */
export const shortFaults: ReadonlySet<string> = new Set([
  ...['401', '403', '404, stale cache', '429, Retry-After', '500', '503', 'reset'],
  ...['refused 3 s', 'unknown host 1 s', 'refused, VPN'],
]);

/** The fixes that fit a fault, whether or not they end it. */
export const fittingFixes = ({ symptom, cure }: Fault): readonly RepairName[] => {
  if (cure.by === 'fix') return cure.fixes;
  // Nobody can tell whether the cache is stale before it is cleared.
  return symptom.kind === 'status' && symptom.status === 404 ? ['cache_clear'] : [];
};

/** Whether a person could heal a call that meets the fault. */
export const isHealable = (fault: Fault, use: 'read' | 'write'): boolean =>
  fault.cure.by !== 'nothing' && (use === 'read' || fault.healableWrite);
