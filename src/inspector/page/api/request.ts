/** Why the server gave no answer that can be shown. */
export class ApiError extends Error {
  /** `token`: it does not know this page · `gone`: it has no such thing · `offline`: it cannot be reached · `failed`: anything else. */
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

/** What the server says in its own words, if it does. */
const messageOf = async (response: Response): Promise<string> => {
  const body: unknown = await response.json().catch(() => null);
  const message = (body as { error?: { message?: unknown } } | null)?.error?.message;
  return typeof message === 'string' ? message.slice(0, 500) : `The server answered ${response.status}.`;
};

/** Asks the server that the page came from. Rejects with an `ApiError`, or as `fetch` does when `signal` aborts. */
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
    throw new ApiError('offline', 'healflow does not answer. Is it still running?');
  }
  if (!response.ok) throw new ApiError(kindOf(response.status), await messageOf(response));
  return response;
};

/** The same for an answer that is JSON. */
export const requestJson = async <T>(path: string, token: string, signal?: AbortSignal): Promise<T> =>
  (await request(path, token, signal && { signal })).json();
