/** A failed request to the server. */
export class ApiError extends Error {
  /** `token`: invalid token · `gone`: not found · `offline`: not reachable · `failed`: any other failure. */
  readonly kind: 'token' | 'gone' | 'offline' | 'failed';
  constructor(kind: ApiError['kind'], message: string) {
    super(message);
    this.name = 'ApiError';
    this.kind = kind;
  }
}

const kindOf = (status: number, code: unknown): ApiError['kind'] => {
  // The token is valid, but the role in the database may not decide.
  if (code === 'NOT_APPROVER') return 'failed';
  if (status === 401 || status === 403) return 'token';
  return status === 404 ? 'gone' : 'failed';
};

/** Returns the error of the server, or one with a default message. */
const errorOf = async (response: Response): Promise<ApiError> => {
  const body: unknown = await response.json().catch(() => null);
  const { code, message } = (body as { error?: { code?: unknown; message?: unknown } } | null)?.error ?? {};
  const text = typeof message === 'string' ? message.slice(0, 500) : null;
  return new ApiError(kindOf(response.status, code), text ?? `The server responded with status ${response.status}.`);
};

interface RequestOptions {
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, with the method POST. */
  readonly body?: unknown;
}

/** Sends a request to the server of the page. Rejects with an `ApiError`, or like `fetch` if `signal` aborts. */
export const request = async (
  path: string,
  token: string,
  { signal, headers, body }: RequestOptions = {},
): Promise<Response> => {
  let response: Response;
  try {
    response = await fetch(path, {
      headers: {
        ...headers,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        authorization: `Bearer ${token}`,
      },
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      ...(signal && { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError('offline', 'healflow does not respond. Is it still running?');
  }
  if (!response.ok) throw await errorOf(response);
  return response;
};

/** Fetches a JSON response. */
export const requestJson = async <T>(path: string, token: string, signal?: AbortSignal): Promise<T> =>
  (await request(path, token, signal && { signal })).json();
