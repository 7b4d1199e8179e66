import { describe, expect, it } from 'vitest';
import { confirmsLoss, type SessionEvidence, sessionEvidence } from '../../../src/mcp/protocol/lost-session.ts';

const evidence = (
  status: number,
  body: unknown,
  more: { hadSession?: boolean; isChallenge?: boolean } = {},
): SessionEvidence =>
  sessionEvidence({
    status,
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    hadSession: true,
    key: '7',
    ...more,
  });
const error = (id: unknown, code: number, message: string, data?: unknown) => ({
  jsonrpc: '2.0',
  error: { code, message, ...(data !== undefined && { data }) },
  id,
});

const words = [
  'Bad Request: No valid session ID provided',
  'Bad Request: Mcp-Session-Id header is required',
  'Bad Request: Missing session ID',
  'Invalid or missing session ID',
  'Invalid session ID',
  'Session not found',
  'Session 550e8400-e29b-41d4-a716-446655440000 not found',
  'Session "abcdef" not found',
  'session_not_found',
  'SessionNotFoundError',
  'unknown session',
  'The session has expired',
  'Invalid sessionId',
  'No transport found for sessionId',
  'session gone',
  'Session terminated',
  'Error: Session is no longer active',
  'No active session for the given id',
  'Could not find session',
  'Session expired or does not exist. Please start a new session.',
  'MCP session is unknown on this API instance. Re-initialize by sending a new InitializeRequest without a session id',
  'Session expired, please re-initialize',
  'Bad Request: Server not initialized',
  'HTTP 404: Session not found',
  '404 Not Found: unknown session',
];

describe('a result of a tool', () => {
  const result = { jsonrpc: '2.0', id: '7', result: { isError: true, content: [{ type: 'text', text: 'Not found' }] } };
  it.each([
    ['by itself', result],
    ['in a batch', [result]],
    ['in an event of a stream', `event: message\ndata: ${JSON.stringify(result)}\n\n`],
    ['without its end', JSON.stringify(result).slice(0, -9)],
  ])('is no refusal: %s', (_, body) => {
    expect(evidence(404, body)).toBe('none');
  });

  it('is none if the text of a 404 says that something was done', () => {
    for (const body of ['order 12 created, but the session is gone', 'Session expired. The mail was sent before.'])
      expect(evidence(404, body)).toBe('none');
    for (const body of ['The session was terminated.', 'No handler is registered for it', 'The requested page is gone'])
      expect(evidence(404, body)).toBe('lost');
  });

  it('is told apart from a 404 of no message', () => {
    for (const body of ['', 'Not found', '<h1>404</h1>', [], {}]) expect(evidence(404, body)).toBe('lost');
  });
});

describe('a server that does not know the session', () => {
  it.each(words)('says so in a text: %s', (text) => {
    expect(evidence(400, text)).toBe('lost');
    expect(evidence(410, { error: text })).toBe('lost');
    expect(evidence(400, error(null, -32_000, text))).toBe('lost');
    expect(evidence(503, error(null, -32_000, text))).not.toBe('none');
    expect(evidence(400, error(null, -32_600, text))).toBe('lost');
    expect(evidence(200, error(null, -32_001, text))).toBe('lost');
    expect(evidence(500, text)).not.toBe('none');
  });

  it('is asked again if it says so under the id of the request, as a tool could: only 404 is proof', () => {
    expect(evidence(404, error(7, -32_600, 'Session has expired'))).toBe('lost');
    expect(evidence(404, error(7, -32_001, 'Session not found'))).toBe('lost');
    for (const status of [200, 400, 500]) {
      for (const code of [-32_600, -32_001, -32_603, -32_000])
        expect(evidence(status, error(7, code, 'Session not found'))).toBe('doubtful');
    }
    expect(evidence(200, error(7, -32_603, 'MCP session is unknown'))).toBe('doubtful');
  });

  it('does not say so under the id of the request if the session may have ended meanwhile', () => {
    for (const text of [
      'Session closed',
      'Session timed out',
      'MCP session terminated',
      'Transport closed: session lost',
    ]) {
      for (const code of [-32_600, -32_001, -32_603]) expect(evidence(200, error(7, code, text))).toBe('none');
    }
  });

  it.each([
    [{ statusCode: 400, message: 'Session not found', error: 'Bad Request' }],
    [{ error: { code: 'invalid_session', message: 'Unknown session id', type: 'invalid_request_error' } }],
    [{ success: false, error: 'Session expired' }],
    [error('server-error', -32_600, 'Session not found', { sessionId: 'abc' })],
    ['<!DOCTYPE html><html><head><title>Error</title></head><body><pre>Error: Session not found</pre></body></html>'],
  ])('says so in a body: %j', (body) => {
    expect(evidence(400, body)).toBe('lost');
  });

  it('responds with 404, whatever the body is', () => {
    expect(evidence(404, '')).toBe('lost');
    expect(evidence(404, error(null, -32_001, 'no'))).toBe('lost');
  });

  it('is asked again where a tool could have used the words', () => {
    expect(evidence(500, error(7, -32_603, 'Session not found'))).toBe('doubtful');
    expect(evidence(200, error(7, -32_000, 'Session not found'))).toBe('doubtful');
    expect(evidence(404, error(7, -32_602, 'Invalid session id'))).toBe('doubtful');
    expect(evidence(500, error(null, -32_603, 'Session not found'))).toBe('doubtful');
    expect(evidence(500, error(7, -32_603, 'Mcp-Session-Id is unknown'))).toBe('doubtful');
    expect(evidence(500, error(null, -32_603, 'Mcp-Session-Id is unknown'))).toBe('lost');
  });
});

describe('a response that does not concern the session of the protocol', () => {
  it.each([
    'Session booked, but the room is unknown',
    'checkout session created; the coupon is invalid',
    'checkout session not found',
    'Browser session not found',
    'login session expired',
    'Your session has expired. Please log in again.',
    'session 12 was stored, its mail address is invalid',
    'No session token provided',
    'created order 12, but the session was lost',
    'Session not found: 3 rows were written',
    'Internal server error',
    'Method not found',
    'Unknown tool: session',
    'The session is active',
    'Initialize done',
    `Session not found ${'session '.repeat(100)}`,
  ])('%s', (text) => {
    for (const status of [400, 401, 410, 500, 503]) {
      expect(evidence(status, text)).toBe('none');
      expect(evidence(status, error(null, -32_000, text))).toBe('none');
      expect(evidence(status, error(7, -32_001, text))).toBe('none');
    }
  });

  it('is a result, whatever it says', () => {
    const result = { content: [{ type: 'text', text: 'Session not found' }], isError: true };
    for (const status of [200, 404, 500]) {
      expect(evidence(status, { jsonrpc: '2.0', id: 7, result })).toBe('none');
    }
  });

  it('is an error with data beside its words', () => {
    expect(evidence(400, { error: 'Session not found', orders: [1] })).toBe('none');
    expect(evidence(400, error(null, -32_000, 'Session not found', { orders: { id: 1 } }))).toBe('none');
  });

  it('is a response to a request that had no session', () => {
    expect(evidence(404, '', { hadSession: false })).toBe('none');
    expect(evidence(400, 'Session not found', { hadSession: false })).toBe('none');
  });

  it('is one that asks for credentials, unless it names the protocol', () => {
    expect(evidence(401, 'Session expired', { isChallenge: true })).toBe('none');
    expect(evidence(401, 'MCP session expired', { isChallenge: true })).toBe('lost');
    expect(evidence(401, 'Session expired')).toBe('lost');
  });
});

describe('a ping in the session', () => {
  const responseTo = (key: string) => (status: number, body: unknown) => ({
    ...{ status, key, hadSession: true },
    body: Buffer.from(JSON.stringify(body)),
  });
  const call = responseTo('7');
  const ping = responseTo('"ping"');

  it('confirms that the server has refused the call if it refuses the ping in the same form', () => {
    const refusal = call(200, error(7, -32_001, 'Session not found'));
    expect(confirmsLoss(refusal, ping(200, error('ping', -32_001, 'Session not found')))).toBe(true);
    const named = call(400, error(7, -32_000, 'Session 550e8400-e29b not found'));
    expect(confirmsLoss(named, ping(400, error('ping', -32_000, 'Session 550e8400-e29b not found')))).toBe(true);
  });

  it.each([
    [200, error('ping', -32_000, 'Session not found')],
    [200, error('ping', -32_001, 'Unknown session')],
    [200, error(null, -32_001, 'Session not found')],
    [400, error('ping', -32_001, 'Session not found')],
    [404, error(null, -32_001, 'Session not found')],
    [404, ''],
    [200, { jsonrpc: '2.0', id: 'ping', result: {} }],
  ])('shows that the tool spoke if the server says something else: %i %j', (status, body) => {
    expect(confirmsLoss(call(200, error(7, -32_001, 'Session not found')), ping(status, body))).toBe(false);
  });

  it('confirms an error without the id of its request in any form', () => {
    const refusal = call(500, error(null, -32_603, 'Session not found'));
    expect(confirmsLoss(refusal, ping(404, ''))).toBe(true);
    expect(confirmsLoss(refusal, ping(200, { jsonrpc: '2.0', id: 'ping', result: {} }))).toBe(false);
  });
});
