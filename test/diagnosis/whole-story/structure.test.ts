import { describe, expect, it } from 'vitest';
import { createDiagnoser } from '../../../src/diagnosis/index.ts';
import { patternSchema } from '../../../src/diagnosis/pattern.ts';
import { remainderOf } from '../../../src/diagnosis/whole-story/index.ts';
import { errorWith } from '../support.ts';

const refused = 'connect ECONNREFUSED 10.0.0.3:443';
const remainder = (output: unknown, tool = 'create_order'): string | null =>
  remainderOf(output, { tool, isCode: () => false });
const item = { type: 'text', text: refused };
const resultOf = (content: unknown, more: object = {}): object => ({ isError: true, content, ...more });
const errorOf = (members: object = {}): Error =>
  errorWith(refused, { code: 'ECONNREFUSED', syscall: 'connect', ...members });

describe('a tool result', () => {
  it.each([
    ['of one text', resultOf([item])],
    ['with annotations of its text', resultOf([{ ...item, annotations: { audience: ['user'] } }])],
    ['with its type and trace', resultOf([item], { resultType: 'complete', _meta: { traceparent: '00-1-2-01' } })],
  ])('is the whole story: %s', (_, output) => {
    expect(remainder(output)).toBeNull();
  });

  it.each([
    ['has facts in its `_meta`', resultOf([item], { _meta: { order: 'A12' } })],
    ['has members of its own', resultOf([item], { orderId: 12 })],
    ['has facts in the `_meta` of its text', resultOf([{ ...item, _meta: { orderId: 12 } }])],
    ['has an image that has a text', resultOf([item, { type: 'image', data: 'AAAA', text: '' }])],
    ['has another text', resultOf('order A12 placed', { structuredContent: { error: refused } })],
  ])('is not the whole story if it %s', (_, output) => {
    expect(remainder(output)).not.toBeNull();
  });
});

describe('a thrown error', () => {
  class MailError extends Error {}
  const hidden = (name: string, value: unknown): Error => Object.defineProperty(errorOf(), name, { value });

  it.each([
    ['of a first attempt', errorOf({ attemptNumber: 1 })],
    ['with nothing in a list', errorOf({ details: [], body: {} })],
    ['of a mail tool', new MailError(refused), 'send_mail'],
  ])('is the whole story: %s', (_, error, tool = 'create_order') => {
    expect(remainder(error, tool)).toBeNull();
  });

  it.each([
    ['is of a class for a later step', new MailError(refused)],
    ['has the name of a later step', errorOf({ name: 'OrderNotificationError' })],
    ['has the failure of a later step as its cause', errorOf({ cause: new MailError(refused) })],
    ['is that of a later attempt', errorOf({ attemptNumber: 3, retriesLeft: 0 })],
    ['has a hidden member', hidden('result', { orderId: 12 })],
    ['suppresses another', hidden('suppressed', new Error('order 12 placed'))],
    ['has a map', errorOf({ details: new Map([[12, 'placed']]) })],
    ['has a set', errorOf({ details: new Set([12]) })],
    ['has a date', errorOf({ details: new Date(0) })],
  ])('is not the whole story if it %s', (_, error) => {
    expect(remainder(error)).not.toBeNull();
  });
});

describe('an error body', () => {
  it.each([
    ['names a later attempt', { error: refused, attempt: 2 }],
    ['has prose as its time', { error: refused, ts: 'the order was placed before that' }],
    ['has prose beside a time', { error: refused, time: '10:00 order placed' }],
    ['has prose as its scopes', { error: refused, scopes: ['order placed'] }],
    ['has a sentence as its scope', { error: refused, provided: 'the order is there' }],
    ['has a result as its schema', { error: refused, schema: { order: 'placed' } }],
    ['has prose as its stack', { error: refused, stack: 'the order went through' }],
    ['has prose as its trace', { error: refused, trace: 'order was saved' }],
    ['has prose in a list of frames', { error: refused, trace: ['order was saved'] }],
    ['has prose as a frame', { error: refused, trace: [{ file: 'a.php', line: 1, note: 'order saved' }] }],
    ['has prose in its metadata', { error: refused, response_metadata: { messages: ['order placed'] } }],
    ['has prose as its caller', { error: refused, caller: 'the order was placed' }],
    ['has a step as its method', { error: refused, method: 'notifyCustomer' }],
    ['has prose as its locations', { error: refused, locations: ['order placed'] }],
    ['has prose as its wait', { error: refused, retry_info: { note: 'order placed' } }],
    ['has prose about more', { error: refused, help: 'see the order that was placed' }],
    ['has a header of its own', { error: refused, headers: { 'x-order-id': '12' } }],
    ['has a header that tells of a result', { error: refused, headers: { 'x-state': 'order placed' } }],
    ['has a path of what was made', { error: refused, type: 'error', instance: '/orders/created' }],
    ['has a query beside a note', { error: refused, request: { query: '{ a }', note: 'order placed' } }],
  ])('is not the whole story if it %s', (_, body) => {
    expect(remainder(JSON.stringify(body))).not.toBeNull();
  });

  it.each([
    ['a time', { error: refused, ts: '2026-05-01T10:00:00Z', timestamp: 1_795_480_000 }],
    ['a time with a point', { error: refused, ts: 1795480000.401 }],
    ['scopes', { error: refused, scopes: ['read'], needed: 'chat:write', provided: 'chat:read,users.read' }],
    ['a place in the code', { error: refused, logger: 'etcd-client', caller: 'v3@v3.5.9/retry_interceptor.go:63' }],
    ['a place in a query', { error: refused, locations: [{ line: 1, column: 29 }] }],
    ['a stack', { error: refused, stack: `Error: ${refused}\n    at post (/app/client.js:3:1)` }],
    ['a list of frames', { error: refused, trace: [{ file: '/app/Client.php', line: 3, function: 'request' }] }],
    ['the policy of a limit', { error: refused, policyName: 'SECONDLY' }],
    ['the headers of a limit', { error: refused, headers: { 'Retry-After': '3', 'x-ratelimit-remaining': '0' } }],
    [
      'messages of a rejected request',
      { error: 'invalid_auth', response_metadata: { messages: ['[ERROR] invalid token'] } },
    ],
  ])('is the whole story with %s', (_, body) => {
    expect(remainder(JSON.stringify(body))).toBeNull();
  });

  it.each([
    ['its error', '{"error":"created order 12","error":"connection refused"}'],
    ['an escaped name', '{"error":"created order 12","err\\u006fr":"connection refused"}'],
    ['a nested member', '{"error":{"message":"order placed","message":"connection refused"}}'],
    ['a member in Python', "{'error': 'created order 12', 'error': 'connection refused'}"],
  ])('is not the whole story if it names %s twice', (_, text) => {
    expect(remainder(text)).not.toBeNull();
  });

  it('may have a name in each of its parts', () => {
    expect(remainder('{"errors":[{"message":"token expired"},{"message":"token expired"}]}')).toBeNull();
  });
});

describe("the words of a user's own pattern", () => {
  const pattern = patternSchema.parse({
    id: 'acme.offline',
    class: 'network',
    text: 'warehouse is offline',
    phase: 'before_effect',
    fix: 'retry_backoff',
    examples: ['warehouse is offline'],
  });
  const diagnoser = createDiagnoser({ redact: (text) => text, patterns: [pattern] });
  const deliveredOf = (value: object): string =>
    diagnoser.diagnose({ tool: 'create_order', channel: 'isError', value }).delivered;
  const offline = { type: 'text', text: 'Error: warehouse is offline' };

  it('belong to the failure', () => {
    expect(deliveredOf(resultOf([offline]))).toBe('no');
    expect(deliveredOf(resultOf([{ type: 'text', text: '{"error":"warehouse is offline"}' }]))).toBe('no');
  });

  it.each([
    ['structured content', resultOf([offline], { structuredContent: { orderId: 12 } })],
    ['an image', resultOf([offline, { type: 'image', data: 'AAAA' }])],
    ['another text', resultOf([offline, { type: 'text', text: 'order 12 placed' }])],
  ])('do not hide %s beside them', (_, value) => {
    expect(deliveredOf(value)).toBe('maybe');
  });
});
