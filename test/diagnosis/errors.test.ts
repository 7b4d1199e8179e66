import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import { markProof } from '../../src/model/proof.ts';
import { errorWith, now, thrown } from './support.ts';

const http = (status: number, more: object = {}): Error =>
  errorWith(`Request failed with status code ${status}`, { status, ...more });

const row = ({ class: of, situation, delivered, fixes }: Diagnosis): unknown[] => [of, situation, delivered, ...fixes];

describe('a thrown error with a code', () => {
  it.each([
    ['ECONNREFUSED', ['network', 'not_sent', 'no', 'vpn_connect', 'retry_backoff']],
    ['ENOTFOUND', ['network', 'not_sent', 'no', 'vpn_connect', 'retry_backoff']],
    ['EAI_AGAIN', ['network', 'not_sent', 'no', 'vpn_connect', 'retry_backoff']],
    ['UND_ERR_CONNECT_TIMEOUT', ['network', 'not_sent', 'no', 'vpn_connect', 'retry_backoff']],
    ['ECONNRESET', ['network', 'interrupted', 'maybe', 'retry_backoff']],
    ['EPIPE', ['network', 'interrupted', 'maybe', 'retry_backoff']],
    ['ETIMEDOUT', ['network', 'interrupted', 'maybe', 'retry_backoff']],
    ['UND_ERR_HEADERS_TIMEOUT', ['network', 'interrupted', 'maybe', 'retry_backoff']],
    ['UND_ERR_SOCKET', ['network', 'interrupted', 'maybe', 'retry_backoff']],
    ['CERT_HAS_EXPIRED', ['network', 'rejected', 'no']],
    ['EACCES', ['auth', 'rejected', 'no']],
    ['ENOENT', ['resource', 'rejected', 'no']],
    ['28P01', ['auth', 'unauthenticated', 'no', 'token_refresh']],
    ['42P01', ['usage', 'rejected', 'no']],
  ])('%s gets its row of the table', (code, expected) => {
    expect(row(thrown(errorWith('request failed', { code })))).toEqual(expected);
  });

  it('was not sent where the system call was `connect`', () => {
    expect(row(thrown(errorWith('connect ETIMEDOUT 10.0.0.7:443', { code: 'ETIMEDOUT', syscall: 'connect' })))).toEqual(
      ['network', 'not_sent', 'no', 'vpn_connect', 'retry_backoff'],
    );
  });

  it.each([
    ['EHOSTUNREACH', 'read'],
    ['ENETUNREACH', 'write'],
    ['ENETDOWN', 'read'],
    ['EHOSTDOWN', 'writev'],
    ['ECONNREFUSED', 'recvmsg'],
  ])('%s of the system call `%s` may have been sent, even if healflow itself saw it', (code, syscall) => {
    const error = errorWith(`${syscall} ${code}`, { code, syscall });
    expect(thrown(markProof(error))).toMatchObject({ grade: 'proof', situation: 'interrupted', delivered: 'maybe' });
  });

  it('is found below the error of fetch, in its cause', () => {
    const error = new TypeError('fetch failed', {
      cause: errorWith('connect ECONNREFUSED 127.0.0.1:1', { code: 'ECONNREFUSED' }),
    });
    expect(thrown(error)).toMatchObject({
      pattern: 'network.refused',
      situation: 'not_sent',
      evidence: 'connect ECONNREFUSED',
    });
  });

  it('is found among the errors of an AggregateError', () => {
    const each = ['::1', '127.0.0.1'].map((host) =>
      errorWith(`connect ECONNREFUSED ${host}:1`, { code: 'ECONNREFUSED', syscall: 'connect' }),
    );
    expect(thrown(new AggregateError(each, 'all failed'))).toMatchObject({ situation: 'not_sent', delivered: 'no' });
  });

  it('counts as perhaps delivered where one of several connections was reset', () => {
    const each = [
      errorWith('connect failed', { code: 'ECONNREFUSED' }),
      errorWith('connect failed', { code: 'ECONNRESET' }),
    ];
    expect(thrown(new AggregateError(each, 'all failed'))).toMatchObject({
      situation: 'interrupted',
      delivered: 'maybe',
    });
  });

  it('is a mistake of the caller where the program to start is not there', () => {
    expect(row(thrown(errorWith('spawn kubectl ENOENT', { code: 'ENOENT', syscall: 'spawn kubectl' })))).toEqual([
      'usage',
      'rejected',
      'maybe',
    ]);
  });
});

describe('a thrown error with an HTTP status', () => {
  it.each([
    [401, ['auth', 'unauthenticated', 'no', 'token_refresh']],
    [403, ['auth', 'rejected', 'no']],
    [404, ['resource', 'rejected', 'no', 'cache_clear']],
    [408, ['network', 'interrupted', 'maybe', 'retry_backoff']],
    [409, ['usage', 'conflict', 'maybe']],
    [422, ['usage', 'rejected', 'no']],
    [425, ['rate', 'rate_limited', 'no', 'wait_retry']],
    [429, ['rate', 'rate_limited', 'no', 'wait_retry']],
    [500, ['server', 'internal_error', 'maybe', 'retry_backoff']],
    [502, ['server', 'interrupted', 'maybe', 'retry_backoff']],
    [503, ['server', 'interrupted', 'maybe', 'retry_backoff']],
    [504, ['server', 'interrupted', 'maybe', 'retry_backoff']],
  ])('%i gets its row of the table', (status, expected) => {
    expect(row(thrown(http(status)))).toEqual(expected);
  });

  it.each([
    ['axios', { response: { status: 401, data: { error: 'invalid_token' }, headers: {} } }],
    ['got', { response: { statusCode: 401 }, code: 'ERR_NON_2XX_3XX_RESPONSE' }],
    ['octokit', { status: 401, response: { status: 401, data: { message: 'Bad credentials' } } }],
    [
      'Kubernetes',
      { code: 401, body: '{"kind":"Status","status":"Failure","reason":"Unauthorized","code":401}', headers: {} },
    ],
    ['the AWS SDK', { name: 'ExpiredTokenException', $fault: 'client', $metadata: { httpStatusCode: 400 } }],
    ['gRPC', { code: 16, details: 'no token' }],
  ])('is read where %s puts it', (_, members) => {
    expect(thrown(errorWith('request failed', members))).toMatchObject({
      class: 'auth',
      situation: 'unauthenticated',
      delivered: 'no',
    });
  });

  it('is unavailable, not cut off, where a 503 says when to come back', () => {
    expect(thrown(http(503, { headers: new Headers({ 'Retry-After': '3' }) }))).toMatchObject({
      situation: 'unavailable',
      retryAfterMs: 3_000,
    });
  });

  it('is a rate limit where the words beside a 403 say so', () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1_000 + 60) };
    expect(
      thrown(errorWith('API rate limit exceeded for user ID 1.', { status: 403, response: { status: 403, headers } })),
    ).toMatchObject({
      class: 'rate',
      situation: 'rate_limited',
      retryAfterMs: 60_000,
    });
  });

  it('opens a new session where a 404 says that the session is gone', () => {
    expect(thrown(errorWith('Session not found', { code: 404 }))).toMatchObject({
      class: 'resource',
      subclass: 'gone',
      situation: 'unauthenticated',
    });
  });
});

describe('a thrown JSON-RPC error', () => {
  it.each([
    [-32_601, 'Method not found', ['usage', 'rejected', 'maybe']],
    [-32_602, 'Tool x not found', ['usage', 'rejected', 'maybe']],
    [-32_603, 'request failed', ['server', 'internal_error', 'maybe', 'retry_backoff']],
    [-32_010, 'request failed', ['server', 'internal_error', 'maybe', 'retry_backoff']],
    [-32_000, 'Connection closed', ['network', 'interrupted', 'maybe', 'retry_backoff']],
    [-32_001, 'Request timed out', ['network', 'interrupted', 'maybe', 'retry_backoff']],
    [-32_002, 'Resource not found', ['resource', 'rejected', 'maybe', 'cache_clear']],
  ])('%i (%s) gets its row of the table', (code, message, expected) => {
    expect(row(thrown(errorWith(`MCP error ${code}: ${message}`, { code })))).toEqual(expected);
  });

  it('is judged by its words where the code only says "internal"', () => {
    const error = errorWith('MCP error -32603: error: You must be logged in to the server (Unauthorized)', {
      code: -32_603,
    });
    expect(row(thrown(error))).toEqual(['auth', 'backend_error', 'no', 'kube_login', 'token_refresh']);
  });
});

describe('a thrown text', () => {
  it('tells of the backend of the tool, with the phase of its pattern', () => {
    expect(thrown(new Error('connection refused'))).toMatchObject({
      situation: 'backend_error',
      phase: 'before_effect',
      delivered: 'no',
    });
    expect(thrown('socket hang up')).toMatchObject({
      situation: 'backend_error',
      phase: 'unknown',
      delivered: 'maybe',
    });
  });

  it('proposes a login for Kubernetes tools, by name or by wording, and for no others', () => {
    expect(thrown(new Error('Unauthorized'), 'k8s_get_pods').fixes).toEqual(['kube_login', 'token_refresh']);
    expect(thrown(new Error('error: You must be logged in to the server (Unauthorized)')).fixes).toEqual([
      'kube_login',
      'token_refresh',
    ]);
    expect(thrown(new Error('Unauthorized'), 'jira_search').fixes).toEqual(['token_refresh']);
  });

  it.each([
    [undefined],
    [null],
    [''],
    [0],
    [Symbol('x')],
    [{}],
    [Object.assign(new Error('x'), { message: '' })],
    [() => {}],
  ])('is a failure that nothing touches where %s was thrown', (error) => {
    expect(thrown(error)).toMatchObject({
      failure: true,
      class: 'unrecognised',
      pattern: 'unrecognised',
      fixes: [],
      delivered: 'maybe',
    });
    expect(thrown(error).summary).not.toBe('');
  });
});

describe('a message whose Latin letters spell a code', () => {
  it.each([
    '订单已创建：Connection refused',
    'レコードを作成しました。Connection refused',
    'заказ создан: ConnectionRefused',
  ])('is read as a text: %s', (message) => {
    expect(thrown(new Error(message))).toMatchObject({ pattern: 'network.refused', delivered: 'maybe' });
    expect(thrown(errorWith('Connection refused', { reason: message }))).toMatchObject({ delivered: 'maybe' });
  });

  it('is a code if it is nothing else', () => {
    expect(thrown(errorWith('Connection refused', { reason: 'ConnectionRefused' }))).toMatchObject({ delivered: 'no' });
  });
});

describe('an output that speaks against its own certainty', () => {
  it.each([
    [
      'a connection that was lost before it was refused',
      'Lost connection to server; reconnecting: connect ECONNREFUSED 10.0.0.9:5432',
    ],
    ['an overloaded server that answers 500', 'Request failed with status code 500: the model is overloaded'],
    ['a refused proxy behind a 504', '504 Gateway Timeout: too many requests upstream'],
    [
      'an encrypted connection that ended without a word',
      'curl: (56) OpenSSL SSL_read: error:0A000126:SSL routines::unexpected eof while reading',
    ],
  ])('may have taken effect: %s', (_, message) => {
    const { delivered, phase } = thrown(new Error(message));
    expect([delivered, phase]).toEqual(['maybe', 'unknown']);
  });
});
