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

const kindOf = (status: number): ApiError['kind'] => {
  if (status === 401 || status === 403) return 'token';
  return status === 404 ? 'gone' : 'failed';
};

/** Returns the error message of the server, or a default one. */
const messageOf = async (response: Response): Promise<string> => {
  const body: unknown = await response.json().catch(() => null);
  const message = (body as { error?: { message?: unknown } } | null)?.error?.message;
  return typeof message === 'string' ? message.slice(0, 500) : `The server responded with status ${response.status}.`;
};

/** Sends a request to the server of the page. Rejects with an `ApiError`, or like `fetch` if `signal` aborts. */
export const request = async (
  path: string,
  token: string,
  { signal, headers }: { signal?: AbortSignal; headers?: Readonly<Record<string, string>> } = {},
): Promise<Response> => {
  let response: Response;
  try {
    response = await fetch(path, {
      headers: { ...headers, authorization: `Bearer ${token}` },
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      ...(signal && { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError('offline', 'healflow does not respond. Is it still running?');
  }
  if (!response.ok) throw new ApiError(kindOf(response.status), await messageOf(response));
  return response;
};

/** Fetches a JSON response. */
export const requestJson = async <T>(path: string, token: string, signal?: AbortSignal): Promise<T> =>
  (await request(path, token, signal && { signal })).json();
