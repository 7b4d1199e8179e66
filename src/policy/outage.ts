import type { Diagnosis } from '../model/diagnosis.ts';

type Evidence = Pick<Diagnosis, 'situation' | 'phase' | 'subclass' | 'pattern' | 'fixes'>;

/**
 * Whether a failure means that a service is away for a while: it was not reached, or is still starting. Trying again shows when
 * it is back. A server that the proxy itself starts is left to the proxy, which waits and counts the restarts.
 */
export const isOutage = ({ situation, phase, subclass, pattern, fixes }: Evidence): boolean =>
  fixes.includes('retry_backoff') &&
  pattern !== 'network.upstream_died_unsent' &&
  (situation === 'not_sent' || subclass === 'failover' || (situation === 'backend_error' && phase === 'before_effect'));
