import type { Diagnosis } from '../model/diagnosis.ts';

/**
 * Whether a call was cut off because its server died, which the proxy then restarts. The restart fixes the failure, and
 * the proxy limits the number of restarts, so it is no sign that the upstream stays down.
 */
export const isLostToRestart = ({ pattern, situation }: Pick<Diagnosis, 'pattern' | 'situation'>): boolean =>
  pattern === 'network.upstream_died' && situation === 'interrupted';
