import { describe, expect, it } from 'vitest';
import type { DiagnosisClass } from '../../src/model/terms.ts';
import { diagnoser } from './support.ts';

const of = (tool: string, body: unknown) =>
  diagnoser.diagnose({ tool, channel: 'result', value: JSON.stringify(body) });

const partial: readonly (readonly [string, unknown, DiagnosisClass])[] = [
  ['ledger', { Created: ['a', 'b'], Pending: 3, Problem: { Status: 429, Detail: 'Rate limit exceeded' } }, 'rate'],
  [
    'order_submit',
    {
      attempts: [
        { n: 1, outcome: 'timeout' },
        { n: 2, outcome: '401 token expired' },
      ],
      ok: false,
    },
    'auth',
  ],
  [
    'graphql_query',
    {
      data: { a: { id: 1 }, b: null },
      errors: [{ message: 'Throttled', path: ['b'], extensions: { code: 'THROTTLED' } }],
    },
    'rate',
  ],
  [
    'contacts_api',
    {
      status: 'COMPLETE',
      results: [{ id: '1' }],
      numErrors: 1,
      errors: [{ status: 'error', message: '503 Service Unavailable' }],
    },
    'server',
  ],
  [
    'stream_put_records',
    {
      FailedRecordCount: 1,
      Records: [
        { SequenceNumber: '1' },
        { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'Rate exceeded' },
      ],
    },
    'rate',
  ],
  [
    'queue_send_batch',
    { Successful: [{ Id: 'a' }], Failed: [{ Id: 'b', Code: 'RequestThrottled', SenderFault: false }] },
    'rate',
  ],
  [
    'index_bulk',
    {
      took: 9,
      errors: true,
      items: [
        { index: { _id: '1', status: 201 } },
        { index: { _id: '2', status: 429, error: { type: 'es_rejected_execution_exception' } } },
      ],
    },
    'rate',
  ],
  ['import_customers', { created: 212, skipped: 0, aborted_at_row: 213, error: 'access token expired' }, 'auth'],
  [
    'import_customers',
    { imported: 88, remaining: 12, stopped_by: '429 Too Many Requests', resume_after_s: 90 },
    'rate',
  ],
  [
    'send_payment',
    { transfer: { id: 'tr_88', state: 'booked' }, notify: { error: { status: 401, message: 'Unauthorized' } } },
    'auth',
  ],
  ['post_message', { ok: true, ts: '1', replies: [{ ok: false, error: 'ratelimited', retry_after: 30 }] }, 'rate'],
  [
    'rpc',
    [
      { jsonrpc: '2.0', id: 1, result: 1 },
      { jsonrpc: '2.0', id: 2, error: { code: -32005, message: 'rate limit exceeded' } },
    ],
    'rate',
  ],
  [
    'write_batch',
    { UnprocessedItems: { orders: [{ PutRequest: {} }] }, written: 24, reason: 'ThrottlingException' },
    'rate',
  ],
];

const healthy: readonly (readonly [string, unknown])[] = [
  [
    'list_jobs',
    {
      jobs: [
        { id: 1, state: 'failed', error: '401 Unauthorized' },
        { id: 2, state: 'done', error: null },
      ],
    },
  ],
  ['get_job', { id: 7, name: 'sync', state: 'failed', error: 'connection refused' }],
  ['jobs_api', { id: 7, job: 'sync', error: 'connection refused', retried: true, finished: true }],
  ['get_health', { status: 'DOWN', components: { db: { status: 'DOWN', error: 'ECONNREFUSED' } } }],
  ['health_check', { db: { ok: false, error: 'ECONNREFUSED' }, cache: { ok: true } }],
  ['error_log_search', { errors: [{ message: '401 Unauthorized', code: 'auth', count: 3 }], total: 1 }],
  ['list_webhooks', { webhooks: [{ id: 1, last_delivery: { status: 503, error: 'timed out' } }] }],
  [
    'list_payments',
    { data: [{ id: 'pi', status: 'open', last_payment_error: { code: 'card_declined', message: 'no' } }] },
  ],
  ['order_get', { id: 'o', state: 'fulfilled', payments: [{ attempt: 1, state: 'failed', error: 'gateway_timeout' }] }],
  ['bulk_job', { id: '7505', state: 'JobComplete', numberRecordsProcessed: 2000, numberRecordsFailed: 3 }],
  ['send_messages', { sent: 12, errors: [], failed: 0 }],
  ['send_messages', { sent: 12, errors: 0, error: null }],
  ['update_strings', { 'error.denied': 'Access denied', 'error.offline': 'Connection refused' }],
  ['create_ticket', { id: 5, title: 'Login answers 401 Unauthorized', state: 'open', error: null }],
  ['service_status', { healthy: true, lastError: 'connection refused', consecutiveFailures: 0 }],
];

describe('a result of which steps failed', () => {
  it.each(partial)('of %s, %j, is a failure', (tool, body, expected) => {
    const diagnosis = of(tool, body);
    expect(diagnosis).toMatchObject({ failure: true, class: expected });
    // Something took effect, whatever the last failure was.
    expect(diagnosis.delivered).toBe('maybe');
  });

  it.each(partial)('of %s, %j, passes no gate', (_, body) => {
    expect(diagnoser.looksHealthy(JSON.stringify(body))).toBe(false);
  });

  it('asks for the wait of the step', () => {
    expect(
      of('post_message', { ok: true, replies: [{ ok: false, error: 'ratelimited', retry_after: 30 }] }),
    ).toMatchObject({
      retryAfterMs: 30_000,
    });
  });
});

describe('a result that shows trouble as data', () => {
  it.each(healthy)('of %s, %j, is healthy', (tool, body) => {
    expect(of(tool, body)).toMatchObject({ failure: false, retryAfterMs: null });
  });
});

describe('an object of nothing but an error', () => {
  it.each(['get_job', 'list_jobs', 'create_order', 'health_check', 'read_file', 'tool'])(
    'is a failure of %s',
    (tool) => {
      expect(of(tool, { error: 'connection refused' })).toMatchObject({ failure: true, class: 'network' });
      expect(of(tool, { errors: 'Exceeded 2 calls per second: too many requests' })).toMatchObject({ class: 'rate' });
      expect(of(tool, { error: { code: 401, message: 'Unauthorized' } })).toMatchObject({ class: 'auth' });
    },
  );
});
