import { randomBytes } from 'node:crypto';
import { type Listening, serveJson } from './http.ts';

/** A cluster whose API requires a login, like that of Kubernetes. */
export interface Cluster extends Pick<Listening, 'url' | 'close'> {
  /** Number of logins. */
  readonly logins: number;
  /** Number of rejected requests. */
  readonly rejected: number;
  /** All issued tokens. */
  readonly tokens: readonly string[];
  /** Expires every login. */
  expireLogins(): void;
}

const unauthorized = {
  status: 401,
  body: { kind: 'Status', status: 'Failure', message: 'Unauthorized', reason: 'Unauthorized', code: 401 },
};

/** Starts a cluster that runs these pods: `POST /login` returns a token, `GET /api/v1/pods` requires one. */
export const startCluster = async (pods: readonly string[]): Promise<Cluster> => {
  const tokens: string[] = [];
  const valid = new Set<string>();
  let rejected = 0;
  const { url, close } = await serveJson((method, path, authorization) => {
    if (method === 'POST' && path === '/login') {
      const token = randomBytes(16).toString('hex');
      tokens.push(token);
      valid.add(token);
      return { status: 200, body: { token } };
    }
    if (!valid.has(authorization.replace(/^Bearer /, ''))) {
      rejected += 1;
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
    get rejected() {
      return rejected;
    },
    expireLogins: () => valid.clear(),
  };
};
