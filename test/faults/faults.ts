/** The rows of the design's table of when a call may be repeated, as the suite names them. */
export type Row =
  | 'not sent'
  | 'not logged in'
  | 'rate'
  | 'cut off'
  | 'asked to wait'
  | 'internal error'
  | 'conflict'
  | 'turned down'
  | 'own backend';

/** When the fault strikes: before the effect is taken, while it is, or after it. */
export type Moment = 'before' | 'within' | 'after';

/**
 * How the caller learns of the fault. `thrown`: an error with status or code · `isError`: a result with the error's
 * words · `rpc`: a JSON-RPC error with the error's words · `transport`: the MCP server itself breaks.
 */
export type Channel = 'thrown' | 'isError' | 'rpc' | 'transport';

export interface Fault {
  readonly id: string;
  readonly moment: Moment;
  /** The row it stands in where the caller sees it as it is. */
  readonly row: Row;
  /** What the service does: programs/backend.mjs, and `refused` and `rpc`, which never reach it. */
  readonly end: string;
  readonly status?: number;
  readonly message?: string;
  /** In seconds. */
  readonly retryAfter?: number;
  /** The tool's own patience with the service. */
  readonly timeoutMs?: number;
  /** The code of a JSON-RPC error. */
  readonly code?: number;
  /** Lasts until this is mended; by default one attempt meets it and no other. */
  readonly until?: 'login' | 'cache';
  readonly forever?: boolean;
  /** Nothing is wrong but the time it takes. */
  readonly harmless?: boolean;
  /** Where it makes sense. */
  readonly channels: readonly Channel[];
}

const told: readonly Channel[] = ['thrown', 'isError', 'rpc'];
const moments: readonly Moment[] = ['before', 'within', 'after'];

type Kind = Omit<Fault, 'moment' | 'channels'> & { readonly channels?: readonly Channel[] };

const at = (when: readonly Moment[], kind: Kind): Fault[] =>
  when.map((moment) => ({
    channels: told,
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

const everywhere: readonly Channel[] = [...told, 'transport'];

/** Every fault that the suite injects. */
export const faults: readonly Fault[] = [
  ...at(['before'], { id: 'refused', end: 'refused', row: 'not sent' }),
  ...at(['before'], { id: 'refused for ever', end: 'refused', row: 'not sent', forever: true }),
  ...at(moments, { id: 'reset', end: 'reset', row: 'cut off' }),
  ...at(moments, { id: 'no answer, own timeout', end: 'hang', row: 'cut off', timeoutMs: 400 }),
  ...at(moments, { id: 'hang', end: 'hang', row: 'cut off', channels: ['thrown'] }),
  ...at(['before', 'after'], { id: 'server hangs', end: 'hang', row: 'cut off', channels: ['transport'] }),
  ...at(['after'], { id: 'half an answer', end: 'half', row: 'cut off', channels: everywhere }),
  ...at(['before'], http(401, 'the token has expired', 'not logged in', { id: '401 until a refresh', until: 'login' })),
  ...at(['before'], http(401, 'the token has expired', 'not logged in', { id: '401 for ever', forever: true })),
  ...at(['before'], http(403, 'no permission for this', 'turned down')),
  ...at(['before'], http(404, 'no such thing', 'turned down', { id: '404 for ever', forever: true })),
  ...at(['before'], http(404, 'no such thing', 'turned down', { id: '404 of a stale cache', until: 'cache' })),
  ...at(
    ['before'],
    http(404, 'Session not found', 'not logged in', { id: '404 of a session id', channels: ['thrown'] }),
  ),
  ...at(['before'], http(400, 'the argument name is missing', 'turned down')),
  ...at(['before'], http(422, 'the name is too long', 'turned down')),
  ...at(['before', 'after'], http(409, 'the thing exists already', 'conflict')),
  ...at(['before'], http(429, 'slow down', 'rate')),
  ...at(['before'], http(429, 'slow down', 'rate', { id: '429, Retry-After 1 s', retryAfter: 1 })),
  ...at(['before'], http(429, 'slow down', 'rate', { id: '429, Retry-After 1 h', retryAfter: 3_600 })),
  ...at(moments, http(500, 'something went wrong', 'internal error')),
  ...at(['before'], http(500, 'something went wrong', 'internal error', { id: '500 for ever', forever: true })),
  ...at(moments, http(502, 'the upstream gave no answer', 'cut off')),
  ...at(['before', 'after'], http(503, 'try later', 'cut off')),
  ...at(['before', 'after'], http(503, 'try later', 'asked to wait', { id: '503, Retry-After 1 s', retryAfter: 1 })),
  ...at(moments, http(504, 'the upstream gave no answer', 'cut off')),
  ...at(moments, { id: 'process exit', end: 'exit', row: 'cut off', channels: everywhere }),
  ...at(['after'], { id: 'wrong JSON', end: 'wrongJson', row: 'turned down' }),
  // What is no message at all counts for nothing: the answer never comes.
  ...at(['after'], { id: 'server writes no JSON', end: 'wrongJson', row: 'cut off', channels: ['transport'] }),
  ...at(['after'], { id: 'slow answer', end: 'slow', row: 'turned down', harmless: true, channels: everywhere }),
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
    row: 'turned down',
    code: -32_602,
    message: 'Invalid params',
    channels: ['rpc'],
  }),
];
