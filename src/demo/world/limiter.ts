import { type Listening, serveJson } from './http.ts';

/** A search API with a rate limit that sends Retry-After. */
export interface LimitedSearch extends Pick<Listening, 'url' | 'close'> {
  /** Number of accepted requests. */
  readonly answered: number;
  /** Number of requests rejected with status 429. */
  readonly rejected: number;
  /** Uses up the rest of the quota, as other clients would. */
  useUp(): void;
}

/** Requests accepted before a pause. */
const quota = 3;
/** Duration of the pause. Retry-After is in whole seconds, so it is sent as 1. */
const pauseMs = 900;

/** Starts the search. Every request during the pause restarts it. */
export const startLimitedSearch = async (now = (): number => performance.now()): Promise<LimitedSearch> => {
  let left = quota;
  /** The end of the pause; null outside of a pause. */
  let pausedUntil: number | null = null;
  let answered = 0;
  let rejected = 0;
  const { url, close } = await serveJson(() => {
    if (pausedUntil !== null && now() >= pausedUntil) {
      pausedUntil = null;
      left = quota;
    }
    if (left === 0) {
      pausedUntil = now() + pauseMs;
      rejected += 1;
      return {
        status: 429,
        headers: { 'retry-after': String(Math.ceil(pauseMs / 1_000)) },
        body: { error: 'too many requests', retry_after: Math.ceil(pauseMs / 1_000) },
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
    get rejected() {
      return rejected;
    },
    useUp: () => {
      left = 0;
      pausedUntil = null;
    },
  };
};
