import { type Listening, serveJson } from './http.ts';

/** An API that requires an access token. */
export interface Orders extends Pick<Listening, 'url' | 'close'> {
  /** Number of requests rejected with status 401. */
  readonly rejected: number;
}

/** How long a rejection waits for the others, in ms. */
const gatherMs = 30_000;

/** Makes requests wait until there are this many of them, or the first one has waited for long. */
const gather = (count: number): (() => Promise<void>) => {
  const waiting: (() => void)[] = [];
  const release = (): void => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  return async () => {
    if (count <= 1) return;
    const timer = setTimeout(release, gatherMs);
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length >= count) release();
    });
    clearTimeout(timer);
  };
};

/**
 * Starts the API, which checks every token with `isActive` (RFC 7662).
 *
 * @param rejectTogether The number of requests that are rejected at the same time.
 */
export const startOrders = async (
  isActive: (token: string) => Promise<boolean>,
  rejectTogether = 1,
): Promise<Orders> => {
  let rejected = 0;
  const together = gather(rejectTogether);
  const { url, close } = await serveJson(async (_method, _path, authorization) => {
    const token = authorization.replace(/^Bearer /, '');
    if (token !== '' && (await isActive(token))) {
      return { status: 200, body: { orders: ['1001: three loaves', '1002: a dozen rolls'] } };
    }
    rejected += 1;
    await together();
    // RFC 6750, section 3.1
    const error = { error: 'invalid_token', error_description: 'The access token expired' };
    return {
      status: 401,
      headers: { 'www-authenticate': `Bearer error="${error.error}", error_description="${error.error_description}"` },
      body: error,
    };
  });
  return {
    url,
    close,
    get rejected() {
      return rejected;
    },
  };
};
