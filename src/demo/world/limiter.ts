import { type Listening, serveJson } from './http.ts';

/** A search that answers only so many requests, and tells the others when to come back. */
export interface LimitedSearch extends Pick<Listening, 'url' | 'close'> {
  /** How many requests were answered. */
  readonly answered: number;
  /** How many requests were turned away with status 429. */
  readonly turnedAway: number;
}

/** Requests that are answered before it has had enough. */
const quota = 3;
/** How long it then answers none. Retry-After counts whole seconds, so this is told as 1. */
const pauseMs = 900;

/** Starts the search; the pause begins anew with every request that comes too early. */
export const startLimitedSearch = async (): Promise<LimitedSearch> => {
  let answered = 0;
  let left = quota;
  let turnedAway = 0;
  let pausedUntil = 0;
  const { url, close } = await serveJson(() => {
    const now = performance.now();
    if (pausedUntil > 0 && now >= pausedUntil) {
      left = quota;
      pausedUntil = 0;
    }
    if (left === 0) {
      turnedAway += 1;
      pausedUntil = now + pauseMs;
      return {
        status: 429,
        headers: { 'retry-after': String(Math.ceil(pauseMs / 1_000)) },
        body: { error: 'too many requests' },
      };
    }
    left -= 1;
    answered += 1;
    return { status: 200, body: { issues: ['#12 the wiki is slow', '#17 orders without a price'] } };
  });
  return {
    url,
    close,
    get answered() {
      return answered;
    },
    get turnedAway() {
      return turnedAway;
    },
  };
};

/** Searches until the search has had enough. */
export const useUp = async (url: string): Promise<void> => {
  for (let request = 0; request <= quota; request += 1) {
    const response = await fetch(url);
    await response.body?.cancel();
    if (response.status === 429) return;
  }
  throw new Error('the limited search has no limit');
};
