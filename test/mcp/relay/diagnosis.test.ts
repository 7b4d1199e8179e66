import { describe, expect, it } from 'vitest';
import { createDiagnoser } from '../../../src/diagnosis/index.ts';
import { HttpError, JsonRpcError, UpstreamDiedError } from '../../../src/mcp/jsonrpc/errors.ts';
import { markProof } from '../../../src/model/proof.ts';

const diagnoser = createDiagnoser({ redact: (text) => text });

describe('the diagnosis of a server that died', () => {
  it('says that the call may have taken effect if the server had received it', () => {
    const error = new UpstreamDiedError('UPSTREAM_DIED', 'the MCP server exited (code 1) before it answered');
    expect(diagnoser.diagnose({ tool: 'a', channel: 'exception', error })).toMatchObject({
      class: 'network',
      situation: 'interrupted',
      delivered: 'maybe',
      fixes: ['retry_backoff'],
    });
  });

  it('says that it has not if the server never received it', () => {
    const error = markProof(new UpstreamDiedError('UPSTREAM_DIED_UNSENT', 'the MCP server has ended'));
    expect(diagnoser.diagnose({ tool: 'a', channel: 'exception', error })).toMatchObject({
      class: 'network',
      situation: 'not_sent',
      delivered: 'no',
      fixes: ['retry_backoff'],
    });
  });
});

describe('the diagnosis of an HTTP response', () => {
  const gradeOf = (status: number, body: unknown): string => {
    const error = markProof(new HttpError(`HTTP ${status}`, { status, headers: {}, body: JSON.stringify(body) }));
    return diagnoser.diagnose({ tool: 'create_order', channel: 'exception', error }).grade;
  };
  const rpc = (id: unknown, message: string, data?: unknown): object => ({
    jsonrpc: '2.0',
    id,
    error: { code: -32_000, message, data },
  });

  const resultOf = (text: string): object => ({
    jsonrpc: '2.0',
    id: 1,
    result: { isError: true, content: [{ type: 'text', text }] },
  });

  it.each([
    ['an event of a stream', `event: message\r\ndata: ${JSON.stringify(resultOf('Unauthorized'))}\r\n\r\n`],
    ['a batch', JSON.stringify([resultOf('Unauthorized')])],
    ['a message', JSON.stringify(resultOf('Unauthorized'))],
    ['a message without its end', JSON.stringify(resultOf('Unauthorized')).slice(0, -9)],
  ])('says that the call may have taken effect if its result is in %s', (_, body) => {
    const error = markProof(new HttpError('HTTP 401', { status: 401, headers: {}, body }));
    expect(diagnoser.diagnose({ tool: 'create_order', channel: 'exception', error })).toMatchObject({
      grade: 'report',
      delivered: 'maybe',
    });
  });

  it.each([
    ['a status', 429, {}],
    ['a status with words', 401, { error: 'ask Bob for a token' }],
    ['a status with an empty result of another API', 429, { success: false, result: null }],
    ['a status with an error for no request', 429, rpc(null, 'plan Basic allows 5 calls')],
    ['a status with an error for the request that says no more', 429, rpc(1, 'Too Many Requests')],
  ])('is proof by %s', (_, status, body) => {
    expect(gradeOf(status, body)).toBe('proof');
  });

  it.each([
    ['a code in its body', 200, { code: 'ECONNREFUSED', message: 'connection refused' }],
    ['a status in its body', 200, { status: 429, message: 'Too Many Requests' }],
    ['a status in the body of a redirect', 302, { status: 401 }],
    ['a status with an error for the request that says more', 429, rpc(1, 'order 12 placed, mail: too many requests')],
    ['a status with an error for the request that has data', 401, rpc(1, 'Unauthorized', { orderId: 12 })],
    ['a status with such an error in a batch', 429, [rpc(1, 'order 12 placed, mail: too many requests')]],
    ['a status with an error for no request that tells of an effect', 401, rpc(null, 'order placed, session expired')],
    ['a status with an effect in its body', 401, { error: 'token expired', note: 'order placed' }],
    ['a status with the result of the request', 429, resultOf('Too Many Requests')],
    ['a status with that in a batch', 401, [resultOf('Unauthorized')]],
  ])('is a report by %s', (_, status, body) => {
    expect(gradeOf(status, body)).toBe('report');
  });
});

describe('the diagnosis of an HTTP response with a plain text', () => {
  const gradeOf = (status: number, body: string): string =>
    diagnoser.diagnose({
      tool: 'create_order',
      channel: 'exception',
      error: markProof(new HttpError(`HTTP ${status}`, { status, headers: {}, body })),
    }).grade;

  it.each([
    [401, 'Order 12 was created, but the session has expired.'],
    [404, 'order placed; the session is not known any more'],
    [425, 'the order went through, too early for the receipt'],
    [429, 'sent 3 of 5 mails, then too many requests'],
    [401, 'Bestellung angelegt, aber die Sitzung ist abgelaufen'],
    [401, '✓ order\nUnauthorized'],
  ])('is a report if the text of a %i says that something was done: %s', (status, body) => {
    expect(gradeOf(status, body)).toBe('report');
  });

  it.each([
    [401, ''],
    [401, 'Unauthorized'],
    [401, 'Jwt is expired'],
    [401, 'Ask Bob for a token'],
    [401, 'You have been logged out. Please log in again.'],
    [401, '<html><head><title>401</title></head><body>Created with love by the gateway team</body></html>'],
    [429, 'Rate exceeded. You may send 5 requests in 10 seconds.'],
    [429, 'error code: 1015'],
  ])('is proof if the text of a %i does not: %s', (status, body) => {
    expect(gradeOf(status, body)).toBe('proof');
  });
});

describe('the diagnosis of a JSON-RPC error', () => {
  it('reads members that JSON-RPC does not know', () => {
    const delivered = (more: object): string =>
      diagnoser.diagnose({
        tool: 'create_order',
        channel: 'exception',
        error: new JsonRpcError({ code: -32_000, message: 'connection refused', ...more }),
      }).delivered;
    expect([{}, { orderId: 12 }, { data: {}, order: 'A12' }].map(delivered)).toEqual(['no', 'maybe', 'maybe']);
  });

  const diagnose = (code: number, message: string) =>
    diagnoser.diagnose({ tool: 'a', channel: 'exception', error: new JsonRpcError({ code, message }) });

  it('treats the codes reserved for servers as a server failure if the message says nothing more specific', () => {
    for (let code = -32_000; code >= -32_019; code -= 1) {
      expect(diagnose(code, 'boom')).toMatchObject({
        class: 'server',
        situation: 'internal_error',
        delivered: 'maybe',
      });
    }
    expect(diagnose(-32_603, 'boom')).toMatchObject({ class: 'server', situation: 'internal_error' });
  });

  it.each([
    [-32_000, 'Connection closed', 'network', 'interrupted'],
    [-32_000, 'MCP error -32000: Connection closed', 'network', 'interrupted'],
    [-32_001, 'Request timed out', 'network', 'interrupted'],
    [-32_002, 'Resource not found', 'resource', 'rejected'],
    [-32_000, 'Too many requests', 'rate', 'rate_limited'],
    [-32_000, 'Server error', 'server', 'internal_error'],
  ])('uses the message of the code %i: %s', (code, message, of, situation) => {
    expect(diagnose(code, message)).toMatchObject({ class: of, situation });
  });
});
