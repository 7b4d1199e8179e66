import { type Listening, serveJson } from './http.ts';

/** A search that answers only so many requests, and tells the others when to come back. */
export interface LimitedSearch extends Pick<Listening, 'url' | 'close'> {
  /** How many requests were answered. */
  readonly answered: number;
  /** How many requests were turned away with status 429. */
  readonly turnedAway: number;
  /** Uses up what is left, as other clients would. */
  useUp(): void;
}

/** Requests that are answered before it has had enough. */
const quota = 3;
/** How long it then answers none. Retry-After counts whole seconds, so this is told as 1. */
const pauseMs = 900;

/** Starts the search. Every request that comes too early begins the pause anew. */
export const startLimitedSearch = async (now = (): number => performance.now()): Promise<LimitedSearch> => {
  let left = quota;
  /** Until then nothing is answered; null if nobody has asked for too much yet. */
  let pausedUntil: number | null = null;
  let answered = 0;
  let turnedAway = 0;
  const { url, close } = await serveJson(() => {
    if (pausedUntil !== null && now() >= pausedUntil) {
      pausedUntil = null;
      left = quota;
    }
    if (left === 0) {
      pausedUntil = now() + pauseMs;
      turnedAway += 1;
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
    useUp: () => {
      left = 0;
      pausedUntil = null;
    },
  };
};
