/** Errors as tools throw them, one for each kind of failure that healflow tells apart. Each call makes a new one. */
export const failures = {
  /** An expired token: `auth`, mended by `kube_login` or `token_refresh`. Certainly without effect. */
  unauthorized: (): Error => Object.assign(new Error('401 Unauthorized: the token has expired'), { status: 401 }),
  /** A missing permission, which no login mends. */
  forbidden: (): Error => Object.assign(new Error('403 Forbidden'), { status: 403 }),
  /** A server that is not there: `network`, certainly without effect. */
  refused: (): Error =>
    Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:8080'), { code: 'ECONNREFUSED', syscall: 'connect' }),
  /** A connection that broke after the request was sent: `network`, and nobody knows whether it took effect. */
  interrupted: (): Error => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' }),
  /** Too many requests: `rate`. @param retryAfterS The wait that is asked for, in whole seconds. @default 1 */
  rateLimited: (retryAfterS = 1): Error =>
    Object.assign(new Error('429 Too Many Requests'), { status: 429, headers: { 'retry-after': String(retryAfterS) } }),
  /** A server that is overloaded: `server`. */
  unavailable: (): Error => Object.assign(new Error('503 Service Unavailable'), { status: 503 }),
  /** Wrong arguments: `usage`, which nothing mends. */
  invalid: (): Error => Object.assign(new Error('400 Bad Request: namespace is required'), { status: 400 }),
} as const;
