/** The rows of the design's repeat table, as the suite names them. */
export type Row =
  | 'not sent'
  | 'not authenticated'
  | 'rate'
  | 'connection lost'
  | 'retry after'
  | 'internal error'
  | 'conflict'
  | 'rejected'
  | 'backend error';

/** When the fault occurs: before, during or after the effect. */
export type Moment = 'before' | 'during' | 'after';

/**
 * How the caller learns of the fault. `thrown`: an error with status or code · `isError`: a result with the error's
 * text · `rpc`: a JSON-RPC error with the error's text · `transport`: the MCP server itself breaks.
 */
export type Channel = 'thrown' | 'isError' | 'rpc' | 'transport';

export interface Fault {
  readonly id: string;
  readonly moment: Moment;
  /** Its row if the caller sees the error itself. */
  readonly row: Row;
  /** What the service does, see programs/backend.mjs; `refused` and `rpc` never reach it. */
  readonly end: string;
  readonly status?: number;
  readonly message?: string;
  /** In seconds. */
  readonly retryAfter?: number;
  /** The tool's own timeout for the service. */
  readonly timeoutMs?: number;
  /** The code of a JSON-RPC error. */
  readonly code?: number;
  /** Lasts until this is fixed; by default only one attempt meets it. */
  readonly until?: 'login' | 'cache';
  readonly forever?: boolean;
  /** Only slow. */
  readonly harmless?: boolean;
  /** The channels in which it is possible. */
  readonly channels: readonly Channel[];
}

const inProcessChannels: readonly Channel[] = ['thrown', 'isError', 'rpc'];
const moments: readonly Moment[] = ['before', 'during', 'after'];

type Kind = Omit<Fault, 'moment' | 'channels'> & { readonly channels?: readonly Channel[] };

const at = (when: readonly Moment[], kind: Kind): Fault[] =>
  when.map((moment) => ({
    channels: inProcessChannels,
    ...kind,
    id: when.length === 1 ? kind.id : `${kind.id}, ${moment} the effect`,
    moment,
  }));

const http = (status: number, message: string, row: Row, more: Partial<Kind> = {}): Kind => ({
  id: String(status),
  end: 'status',
  status,
  message,
  row,
  ...more,
});

const everywhere: readonly Channel[] = [...inProcessChannels, 'transport'];

/** Every fault that the suite injects. */
export const faults: readonly Fault[] = [
  ...at(['before'], { id: 'refused', end: 'refused', row: 'not sent' }),
  ...at(['before'], { id: 'refused permanently', end: 'refused', row: 'not sent', forever: true }),
  ...at(moments, { id: 'reset', end: 'reset', row: 'connection lost' }),
  ...at(moments, { id: 'no response, own timeout', end: 'hang', row: 'connection lost', timeoutMs: 400 }),
  ...at(moments, { id: 'hang', end: 'hang', row: 'connection lost', channels: ['thrown'] }),
  ...at(['before', 'after'], { id: 'server hangs', end: 'hang', row: 'connection lost', channels: ['transport'] }),
  ...at(['after'], { id: 'half a response', end: 'half', row: 'connection lost', channels: everywhere }),
  ...at(
    ['before'],
    http(401, 'the token has expired', 'not authenticated', { id: '401 until a refresh', until: 'login' }),
  ),
  ...at(['before'], http(401, 'the token has expired', 'not authenticated', { id: '401 permanently', forever: true })),
  ...at(['before'], http(403, 'no permission for this', 'rejected')),
  ...at(['before'], http(404, 'no such thing', 'rejected', { id: '404 permanently', forever: true })),
  ...at(['before'], http(404, 'no such thing', 'rejected', { id: '404 of a stale cache', until: 'cache' })),
  ...at(
    ['before'],
    http(404, 'Session not found', 'not authenticated', { id: '404 of a session id', channels: ['thrown'] }),
  ),
  ...at(['before'], http(400, 'the argument name is missing', 'rejected')),
  ...at(['before'], http(422, 'the name is too long', 'rejected')),
  ...at(['before', 'after'], http(409, 'the thing exists already', 'conflict')),
  ...at(['before'], http(429, 'slow down', 'rate')),
  ...at(['before'], http(429, 'slow down', 'rate', { id: '429, Retry-After 1 s', retryAfter: 1 })),
  ...at(['before'], http(429, 'slow down', 'rate', { id: '429, Retry-After 1 h', retryAfter: 3_600 })),
  ...at(moments, http(500, 'something went wrong', 'internal error')),
  ...at(['before'], http(500, 'something went wrong', 'internal error', { id: '500 permanently', forever: true })),
  ...at(moments, http(502, 'the upstream did not respond', 'connection lost')),
  ...at(['before', 'after'], http(503, 'try later', 'connection lost')),
  ...at(['before', 'after'], http(503, 'try later', 'retry after', { id: '503, Retry-After 1 s', retryAfter: 1 })),
  ...at(moments, http(504, 'the upstream did not respond', 'connection lost')),
  ...at(moments, { id: 'process exit', end: 'exit', row: 'connection lost', channels: everywhere }),
  ...at(['after'], { id: 'wrong JSON', end: 'wrongJson', row: 'rejected' }),
  // Invalid JSON is ignored: the response never comes.
  ...at(['after'], { id: 'server writes no JSON', end: 'wrongJson', row: 'connection lost', channels: ['transport'] }),
  ...at(['after'], { id: 'slow response', end: 'slow', row: 'rejected', harmless: true, channels: everywhere }),
  ...at(['before', 'after'], {
    id: '-32603',
    end: 'rpc',
    row: 'internal error',
    code: -32_603,
    message: 'Internal error',
    channels: ['rpc'],
  }),
  ...at(['after'], {
    id: '-32010',
    end: 'rpc',
    row: 'internal error',
    code: -32_010,
    message: 'The tool gave up',
    channels: ['rpc'],
  }),
  ...at(['before'], {
    id: '-32602',
    end: 'rpc',
    row: 'rejected',
    code: -32_602,
    message: 'Invalid params',
    channels: ['rpc'],
  }),
];
