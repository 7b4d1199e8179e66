/** Errors as tools throw them, one for each kind of failure that healflow distinguishes. Each call makes a new error. */
export const failures = {
  /** An expired token: `auth`, fixed by `kube_login` or `token_refresh`. The call had no effect. */
  unauthorized: (): Error => Object.assign(new Error('401 Unauthorized: the token has expired'), { status: 401 }),
  /** A missing permission, which no login fixes. */
  forbidden: (): Error => Object.assign(new Error('403 Forbidden'), { status: 403 }),
  /** A server that is not running: `network`. The call had no effect. */
  refused: (): Error =>
    Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:8080'), { code: 'ECONNREFUSED', syscall: 'connect' }),
  /** A connection that broke after the request was sent: `network`. The call may have taken effect. */
  interrupted: (): Error => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' }),
  /**
   * Too many requests: `rate`.
   *
   * @param retryAfterS - The requested wait, in whole seconds; 1 by default.
   */
  rateLimited: (retryAfterS = 1): Error =>
    Object.assign(new Error('429 Too Many Requests'), { status: 429, headers: { 'retry-after': String(retryAfterS) } }),
  /** A server that is overloaded: `server`. */
  unavailable: (): Error => Object.assign(new Error('503 Service Unavailable'), { status: 503 }),
  /** Wrong arguments: `usage`, which no fix helps. */
  invalid: (): Error => Object.assign(new Error('400 Bad Request: namespace is required'), { status: 400 }),
} as const;
