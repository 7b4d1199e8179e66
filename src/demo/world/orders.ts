import { type Listening, serveJson } from './http.ts';

/** An API that requires an access token. */
export interface Orders extends Pick<Listening, 'url' | 'close'> {
  /** Number of requests rejected with status 401. */
  readonly rejected: number;
}

/** Starts the API, which checks every token with `isActive` (RFC 7662). */
export const startOrders = async (isActive: (token: string) => Promise<boolean>): Promise<Orders> => {
  let rejected = 0;
  const { url, close } = await serveJson(async (_method, _path, authorization) => {
    const token = authorization.replace(/^Bearer /, '');
    if (token !== '' && (await isActive(token))) {
      return { status: 200, body: { orders: ['1001: three loaves', '1002: a dozen rolls'] } };
    }
    rejected += 1;
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
