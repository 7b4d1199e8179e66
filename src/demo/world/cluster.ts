import { randomBytes } from 'node:crypto';
import { type Listening, serveJson } from './http.ts';

/** A cluster with an API that wants a login, as that of Kubernetes. */
export interface Cluster extends Pick<Listening, 'url' | 'close'> {
  /** How often somebody has logged in. */
  readonly logins: number;
  /** How many requests were turned away. */
  readonly turnedAway: number;
  /** Every token that was given out. */
  readonly tokens: readonly string[];
  /** Ends every login, as time would. */
  endLogins(): void;
}

const unauthorized = {
  status: 401,
  body: { kind: 'Status', status: 'Failure', message: 'Unauthorized', reason: 'Unauthorized', code: 401 },
};

/** Starts a cluster that runs these pods: `POST /login` gives a token, `GET /api/v1/pods` wants one. */
export const startCluster = async (pods: readonly string[]): Promise<Cluster> => {
  const tokens: string[] = [];
  const valid = new Set<string>();
  let turnedAway = 0;
  const { url, close } = await serveJson((method, path, authorization) => {
    if (method === 'POST' && path === '/login') {
      const token = randomBytes(16).toString('hex');
      tokens.push(token);
      valid.add(token);
      return { status: 200, body: { token } };
    }
    if (!valid.has(authorization.replace(/^Bearer /, ''))) {
      turnedAway += 1;
      return unauthorized;
    }
    return { status: 200, body: { kind: 'PodList', items: pods } };
  });
  return {
    url,
    close,
    tokens,
    get logins() {
      return tokens.length;
    },
    get turnedAway() {
      return turnedAway;
    },
    endLogins: () => valid.clear(),
  };
};
