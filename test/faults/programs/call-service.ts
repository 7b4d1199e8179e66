// The client that the tools use: calls the service over HTTP, and throws what clients of that kind throw.
import { STATUS_CODES } from 'node:http';
import type { Fault } from '../faults.ts';

export interface Service {
  readonly url: string;
  /** A URL at which nobody listens. */
  readonly nowhere: string;
  /** The login. */
  readonly token: string;
}

/** What axios and its like throw at an answer that is no success. */
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

/** The caller's signal, and the tool's own timeout where it has one. */
const patience = (signal: AbortSignal | undefined, timeoutMs: number | undefined): AbortController => {
  const control = new AbortController();
  signal?.addEventListener('abort', () => control.abort(signal.reason), { once: true });
  // Not AbortSignal.timeout: under AbortSignal.any it may be collected before its time.
  if (timeoutMs !== undefined) {
    const timeout = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    setTimeout(() => control.abort(timeout), timeoutMs);
  }
  return control;
};

/** Calls the service once. @param fault What this attempt meets. */
export const callService = async (
  service: Service,
  call: string,
  fault?: Fault,
  signal?: AbortSignal,
): Promise<unknown> => {
  const response = await fetch(fault?.end === 'refused' ? service.nowhere : service.url, {
    method: 'POST',
    // A connection of its own, so that no attempt is hit by the fault of another.
    headers: { authorization: `Bearer ${service.token}`, connection: 'close' },
    body: JSON.stringify({ call, fault }),
    signal: patience(signal, fault?.timeoutMs).signal,
  });
  const data = JSON.parse(await response.text());
  if (!response.ok) {
    throw new ResponseError({ status: response.status, headers: Object.fromEntries(response.headers), data });
  }
  return data;
};

/** The error as a line of text, as tools put it into a result. */
export const wordsOf = (error: unknown): string => {
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
 * The fault that an attempt meets, of those that a call meets one after the other. One that lasts until something is
 * mended, or for ever, lets no later one come.
 *
 * @param attempt From 1.
 */
export const faultOf = (
  faults: readonly Fault[],
  attempt: number,
  isMended: (what: 'login' | 'cache') => boolean,
): Fault | undefined => {
  for (const fault of faults.slice(0, attempt)) {
    if (fault.forever || (fault.until !== undefined && !isMended(fault.until))) return fault;
  }
  const fault = faults[attempt - 1];
  return fault?.until === undefined ? fault : undefined;
};
