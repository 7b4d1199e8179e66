import type { Diagnosis } from '../model/diagnosis.ts';

/**
 * Tells whether a call was cut off because its server died, which the proxy starts anew. That mends the failure, and the
 * proxy caps how often, so it is no sign that the upstream stays down.
 */
export const isReplaced = ({ pattern, situation }: Pick<Diagnosis, 'pattern' | 'situation'>): boolean =>
  pattern === 'network.upstream_died' && situation === 'interrupted';
