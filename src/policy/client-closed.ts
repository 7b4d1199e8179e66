import type { Diagnosis } from '../model/diagnosis.ts';

/**
 * Whether a tool reports that its own client of its service is closed for good. No wait heals that: the server that holds the
 * client has to be started again.
 */
export const isClientClosed = (diagnosis: Pick<Diagnosis, 'pattern' | 'grade'> | null): boolean =>
  diagnosis !== null && diagnosis.pattern === 'network.client_closed' && diagnosis.grade === 'report';
