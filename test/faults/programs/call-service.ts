// The HTTP client of the tools: calls the service, and throws the errors of such clients.
import { STATUS_CODES } from 'node:http';
import type { Fault } from '../faults.ts';

export interface Service {
  readonly url: string;
  /** A URL at which nothing listens. */
  readonly deadUrl: string;
  /** The login. */
  readonly token: string;
}

/** The error that axios and similar clients throw for a response that is not a success. */
export class ResponseError extends Error {
  readonly status: number;
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly data: { readonly message: string };
  };

  constructor(response: ResponseError['response']) {
    super(`Request failed with status code ${response.status}`);
    this.status = response.status;
    this.response = response;
  }
}

/** Combines the caller's signal with the tool's own timeout, if it has one. */
const withTimeout = (signal: AbortSignal | undefined, timeoutMs: number | undefined): AbortController => {
  const control = new AbortController();
  signal?.addEventListener('abort', () => control.abort(signal.reason), { once: true });
  // Not AbortSignal.timeout: under AbortSignal.any it may be collected before its time.
  if (timeoutMs !== undefined) {
    const timeout = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    setTimeout(() => control.abort(timeout), timeoutMs);
  }
  return control;
};

/** Calls the service once. @param fault The fault of this attempt. */
export const callService = async (
  service: Service,
  call: string,
  fault?: Fault,
  signal?: AbortSignal,
): Promise<unknown> => {
  const response = await fetch(fault?.end === 'refused' ? service.deadUrl : service.url, {
    method: 'POST',
    // A connection of its own, so that no attempt is hit by the fault of another.
    headers: { authorization: `Bearer ${service.token}`, connection: 'close' },
    body: JSON.stringify({ call, fault }),
    signal: withTimeout(signal, fault?.timeoutMs).signal,
  });
  const data = JSON.parse(await response.text());
  if (!response.ok) {
    throw new ResponseError({ status: response.status, headers: Object.fromEntries(response.headers), data });
  }
  return data;
};

/** The error as a line of text, as tools write it into a result. */
export const errorText = (error: unknown): string => {
  if (error instanceof ResponseError) {
    const { status, headers, data } = error.response;
    const wait = headers['retry-after'] === undefined ? '' : ` (Retry-After: ${headers['retry-after']})`;
    return `Error: HTTP ${status} ${STATUS_CODES[status]}${wait}: ${data.message}`;
  }
  const parts: string[] = [];
  for (let each = error; each instanceof Error; each = each.cause) parts.push(each.message);
  return `Error: ${parts.join(': ')}`;
};

/**
 * The fault of an attempt, of the faults of a call. A fault that lasts until something is fixed, or permanently, hides
 * the later ones.
 *
 * @param attempt From 1.
 */
export const faultOf = (
  faults: readonly Fault[],
  attempt: number,
  isFixed: (what: 'login' | 'cache') => boolean,
): Fault | undefined => {
  for (const fault of faults.slice(0, attempt)) {
    if (fault.forever || (fault.until !== undefined && !isFixed(fault.until))) return fault;
  }
  const fault = faults[attempt - 1];
  return fault?.until === undefined ? fault : undefined;
};
