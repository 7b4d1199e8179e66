import { describe, expect, it } from 'vitest';
import { markBegun } from '../../src/model/begun.ts';
import { diagnoser, now, returned } from './support.ts';

const toolResult = (text: string, more: object = {}): object => ({ content: [{ type: 'text', text }], ...more });

describe('a failure of a call that was under way', () => {
  const refused = () => toolResult('connection refused', { isError: true });

  it('is not the whole story, whatever its words are', () => {
    const value = refused();
    expect(returned(value)).toMatchObject({ delivered: 'no', remainder: null });
    markBegun(value);
    expect(returned(value)).toMatchObject({ delivered: 'maybe', remainder: { place: 'before' } });
    expect(returned(refused())).toMatchObject({ delivered: 'no' });
  });
});

describe('a returned value', () => {
  it.each([
    ['a marked tool result', toolResult('401 Unauthorized', { isError: true }), 'auth'],
    [
      'an unmarked tool result that is an error report',
      toolResult('Error: connect ECONNREFUSED 127.0.0.1:1'),
      'network',
    ],
    [
      'a report in two pieces',
      {
        content: [
          { type: 'text', text: 'Error: it failed' },
          { type: 'text', text: '429 Too Many Requests' },
        ],
      },
      'rate',
    ],
    [
      'a structured error',
      toolResult('see below', { structuredContent: { error: { code: 401, message: 'no' } } }),
      'auth',
    ],
    ['a parsed error body', { error: { code: 429, message: 'slow down' } }, 'rate'],
    [
      'a response with a status',
      { ok: false, status: 404, statusText: 'Not Found', headers: new Headers() },
      'resource',
    ],
    ['an Error object', new Error('socket hang up'), 'network'],
  ])('is a failure: %s', (_, value, of) => {
    expect(diagnoser.looksHealthy(value)).toBe(false);
    expect(returned(value)).toMatchObject({ failure: true, class: of });
  });

  it.each([
    ['nothing', undefined],
    ['a number', 401],
    ['a text', 'found 3 pods'],
    ['a list', [{ code: 401 }]],
    ['data', { status: 'Running', restarts: 401 }],
    ['a tool result', toolResult('42 pods are running')],
    ['a tool result with data', toolResult('{"total":401}', { structuredContent: { total: 401 } })],
    ['an image', { content: [{ type: 'image', data: 'AAAA', mimeType: 'image/png' }] }],
    ['a response', { ok: true, status: 200, headers: new Headers() }],
    ['a row that holds an error', { id: 7, error: 'connection refused', retried: true, finished: true }],
  ])('is healthy: %s', (_, value) => {
    expect(returned(value)).toMatchObject({ failure: false, class: 'none', fixes: [] });
  });

  it.each([
    ['nothing', undefined],
    ['a number', 401],
    ['a text', 'ok'],
    ['data', { items: [1, 2] }],
    ['a tool result', toolResult('done')],
  ])('passes the gate at once: %s', (_, value) => {
    expect(diagnoser.looksHealthy(value)).toBe(true);
  });

  it('names the exact row for a response, and the backend for an error body', () => {
    expect(returned({ ok: false, status: 503, headers: new Headers({ 'retry-after': '2' }) })).toMatchObject({
      situation: 'unavailable',
      retryAfterMs: 2_000,
    });
    expect(returned('{"error":{"code":503,"message":"later"}}')).toMatchObject({
      situation: 'backend_error',
      phase: 'unknown',
      delivered: 'maybe',
    });
    expect(returned('{"error":{"code":401,"message":"no"}}')).toMatchObject({
      situation: 'backend_error',
      phase: 'before_effect',
      delivered: 'no',
    });
    expect(returned('{"error":{"code":429,"message":"slow"}}')).toMatchObject({
      situation: 'rate_limited',
      delivered: 'no',
    });
    expect(returned('{"error":{"code":403,"message":"no"}}')).toMatchObject({ situation: 'rejected', fixes: [] });
  });

  it('is read to its capped ends only', () => {
    expect(returned(`Error: connection refused\n${'x'.repeat(20_000)}`)).toMatchObject({ failure: false });
    expect(
      returned(toolResult(`${'x\n'.repeat(500_000)}connect ECONNREFUSED 127.0.0.1:1`, { isError: true })),
    ).toMatchObject({ class: 'network' });
  });

  it('waits as the response says, counted from its own date', () => {
    const headers = { date: new Date(now - 5_000).toUTCString(), 'retry-after': new Date(now + 25_000).toUTCString() };
    expect(returned({ ok: false, status: 429, headers })).toMatchObject({ retryAfterMs: 30_000 });
    expect(returned({ ok: false, status: 429, headers: { 'retry-after': headers['retry-after'] } })).toMatchObject({
      retryAfterMs: 25_000,
    });
  });
});
