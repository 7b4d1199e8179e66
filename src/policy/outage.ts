import type { Diagnosis } from '../model/diagnosis.ts';
import type { ToolKind } from '../model/terms.ts';

type Evidence = Pick<Diagnosis, 'situation' | 'phase' | 'subclass' | 'pattern' | 'fixes'>;

/** The least that is known of every network failure. */
type Words = Pick<Diagnosis, 'class' | 'grade'>;

/**
 * Whether a failure means that a service is away for a while: it was not reached, or is still starting. Trying again shows when
 * it is back. A server that the proxy itself starts is left to the proxy, which waits and counts the restarts.
 */
export const isOutage = ({ situation, phase, subclass, pattern, fixes }: Evidence): boolean =>
  fixes.includes('retry_backoff') &&
  pattern !== 'network.upstream_died_unsent' &&
  (situation === 'not_sent' || subclass === 'failover' || (situation === 'backend_error' && phase === 'before_effect'));

/**
 * Whether to wait for a service as in an outage. A tool's words often hide that it reached nothing (`fetch failed`, `Socket
 * closed`, `No response from`); if the tool only reads, trying again is harmless either way.
 */
export const isWaitedFor = (failure: Evidence & Words, kind: ToolKind): boolean =>
  isOutage(failure) ||
  (kind === 'read-only' &&
    failure.grade === 'report' &&
    failure.class === 'network' &&
    failure.fixes.includes('retry_backoff'));

/**
 * Whether every try counts as an attempt: the service may have been reached, or only the word of a tool that may change things
 * says that it was not. A tool that is wrong then takes effect no more often than `attempts` allows.
 */
export const countsEachTry = (failure: Evidence & Words, kind: ToolKind): boolean =>
  failure.grade === 'report' && (kind !== 'read-only' || !isOutage(failure));

/** The share of the patience before the first of the tries that count, and how much of it is random. */
const firstShare = 0.12;
const randomShare = 0.03;
/** The share of the rest before the last of them. */
const lastShare = 0.7;

/**
 * The pause before a try that counts: the few that there are have to cover the whole patience. With two of them and a patience of
 * 10 s, outages of 1 s and of 6 s end before one.
 *
 * @param leftMs - What is left of the patience.
 * @param triesLeft - The number of tries that are left, this one included.
 * @param random - From 0 to 1.
 */
export const spreadPauseMs = (leftMs: number, triesLeft: number, isFirst: boolean, random: number): number =>
  leftMs * ((isFirst ? firstShare : lastShare ** triesLeft - randomShare) + random * randomShare);
