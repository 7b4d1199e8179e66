import { describe, expect, it } from 'vitest';
import { remainderOf } from '../../../src/diagnosis/whole-story/index.ts';

const story = (tool = 'create_order') => ({ tool, isCode: (word: string) => word === 'ExpiredToken' });
const remainder = (output: unknown, tool?: string): string | null => remainderOf(output, story(tool));
const body = (value: unknown): string => JSON.stringify(value);
const resultOf = (text: string, more: object = {}) => ({ isError: true, content: [{ type: 'text', text }], ...more });

describe('a text', () => {
  it.each([
    ['connect ECONNREFUSED 10.0.0.3:443'],
    ['getaddrinfo ENOTFOUND db.corp.example'],
    ['The license server is unreachable: connection refused'],
    ['create_order: connection refused'],
    ['Failed to create order: connection refused'],
    ['Error creating order: 429 Too Many Requests'],
    ['The order was not created: token expired'],
    ['Error: Unauthorized\n    at post (/app/client.js:3:1)\n    at async createOrder (/app/orders.js:9:5)'],
    ['\u001b[31mError:\u001b[0m connection refused'],
    ['Your session has expired. Please log in again.'],
    ['Connection refused. See https://docs.example.com/errors for more information.'],
    ['2026-11-03T08:00:00.310Z ERROR create_order: connect ECONNREFUSED 10.0.0.3:443'],
    ['Brave API error: 429'],
    ['The server replied with 401 Unauthorized.'],
    ['received HTTP 429 response from the API'],
    ["Failed to create order 'Two teas' in project 'ABC': 401 Unauthorized"],
    ['Order creation failed: invalid credentials'],
    ['create order: post order: dial tcp 10.0.0.4:443: connect: connection refused'],
    ['Unauthorized. Please provide a valid access token via the --access-token flag or SHOP_ACCESS_TOKEN.'],
    ['**Input Error**\n\nThere was an HTTP 401 error with your request to the Shop API.'],
    ['401 Unauthorized. Your API token may be expired or revoked.'],
    ['Die Sitzung ist abgelaufen. (HTTP 401, Anfrage-ID 9c31)'],
    ['Límite de peticiones superado. Espere 15 segundos y reintente.'],
  ])('is the whole story: %s', (text) => {
    expect(remainder(text)).toBeNull();
  });

  it.each([
    ['order 12 stored, connection refused', 'order 12 stored'],
    ['Datadog API error: 429', 'Datadog API error'],
    ['failed to create order or receipt: 401 Unauthorized', 'failed to create order or receipt'],
    ['update order: 401 Unauthorized', 'update order'],
    ['The shipping service returned 401', 'The shipping service returned 401'],
    ['401 Unauthorized. Please re-send the confirmation.', 'Please re-'],
    ['Order put. Connection refused.', 'Order put'],
    ['index: connection refused', 'index'],
    ['10.0.0.12\nconnection refused', '10'],
    ['The receipt service is unreachable: connection refused', 'The receipt service'],
    ['request received; connection refused', 'request received'],
    ['this time: 401 Unauthorized', 'this time'],
    ['second server: connection refused', 'second server'],
    ['status=201, then 401', 'status'],
    ['Failed to send receipt: connection refused', 'Failed to send receipt'],
    ['Could not confirm: connection refused', 'Could not confirm'],
    ['read ETIMEDOUT\nconnect ECONNREFUSED 10.0.0.3:443', 'read ETIMEDOUT'],
    ['502 Bad Gateway\nconnect ECONNREFUSED 10.0.0.3:443', '502'],
    ['Please check whether the order was stored. Connection refused.', 'whether'],
    ['https://shop.example.com/orders/88\nconnection refused', '//shop'],
  ])('is not the whole story: %s', (text, first) => {
    expect(remainder(text)).toContain(first);
  });

  it.each([
    ['afterCreate'],
    ['notifyAssignees'],
    ['uploadSecondAsset'],
    ['addNoteToFiledBug'],
    ['protect_branch_of_new_fork'],
  ])('is not the whole story if its stack trace names the later step %s', (name) => {
    expect(remainder(`Error: Unauthorized\n    at ${name} (/app/orders.js:3:1)`)).toBe(name);
  });

  it('may repeat the name of the tool, but not say that it is done', () => {
    expect(remainder('archive_page failed: connection refused', 'archive_page')).toBeNull();
    expect(remainder('page archived: connection refused', 'archive_page')).not.toBeNull();
  });

  it('takes the failure of one step of a tool for several for a part', () => {
    expect(remainder('Failed to send mail: connection refused', 'send_mail')).toBeNull();
    expect(remainder('Failed to send mail: connection refused', 'create_user')).not.toBeNull();
  });
});

describe('a name, advice or a hidden detail beside a failure', () => {
  it.each([
    ['pods_run', 'failed to run pod tea in namespace default: Unauthorized'],
    [
      'list_tables',
      'Error: Request failed with status code 401 (401: [Authentication/Authorization error - details redacted for security])',
    ],
  ])('of %s leaves it the whole story: %s', (tool, text) => {
    expect(remainder(text, tool)).toBeNull();
  });

  it('does not hide another step', () => {
    expect(remainder('failed to label pod tea in namespace default: Unauthorized', 'pods_run')).not.toBeNull();
  });
});

describe('an error body', () => {
  it.each([
    [{ error: { code: 401, message: 'Unauthorized' } }],
    [{ status: 429, title: 'Too Many Requests', type: 'about:blank', instance: '/orders', retryAfter: 20 }],
    [{ errors: [{ message: 'token expired', extensions: { code: 'UNAUTHENTICATED' } }], data: null }],
    [{ message: 'Bad credentials', documentation_url: 'https://docs.example.com/rest', request_id: 'a-1' }],
    [{ Error: { Code: 'ExpiredToken', Message: 'The provided token has expired.' } }],
  ])('is the whole story: %j', (value) => {
    expect(remainder(body(value))).toBeNull();
  });

  it.each([
    [{ error: 'token expired', id: 'ord_1' }],
    [{ error: 'token expired', status: 201 }],
    [{ error: 'token expired', status: 'open' }],
    [{ error: 'token expired', success: true }],
    [{ error: 'token expired', total: 1 }],
    [{ error: 'token expired', order: { state: 'new' } }],
    [{ errors: [{ message: 'token expired' }], data: { order: { id: 7 } } }],
    [[{ error: 'token expired' }, { id: 7 }]],
  ])('is not the whole story: %j', (value) => {
    expect(remainder(body(value))).not.toBeNull();
  });

  it('is read inside a text, and the text with it', () => {
    expect(remainder(`401 Unauthorized ${body({ error: 'invalid_token' })}`)).toBeNull();
    expect(remainder(`order 12 stored ${body({ error: 'invalid_token' })}`)).not.toBeNull();
    expect(remainder(`401 Unauthorized ${body({ error: 'invalid_token', id: 7 })}`)).not.toBeNull();
  });
});

describe('a thrown error', () => {
  const refused = (): Error => Object.assign(new Error('connect ECONNREFUSED 10.0.0.3:443'), { code: 'ECONNREFUSED' });

  it('is the whole story with the causes of a refused connection', () => {
    expect(remainder(new TypeError('fetch failed', { cause: refused() }))).toBeNull();
    expect(
      remainder(Object.assign(refused(), { errno: -111, syscall: 'connect', config: { data: 'order' } })),
    ).toBeNull();
    expect(remainder(new AggregateError([refused(), refused()], 'connect ECONNREFUSED'))).toBeNull();
  });

  it('is the whole story with the body of a refused request', () => {
    const response = { status: 401, data: { error: 'token expired' }, headers: { date: 'today' } };
    expect(remainder(Object.assign(new Error('Request failed with status code 401'), { response }))).toBeNull();
  });

  it.each([
    ['a cause', new Error('connection refused', { cause: new Error('order 12 stored') })],
    ['one of several errors', new AggregateError([refused(), new Error('read ETIMEDOUT')], 'all failed')],
    ['response.data', Object.assign(new Error('status code 401'), { response: { status: 401, data: { id: 7 } } })],
    ['result', Object.assign(refused(), { result: { insertedCount: 3 } })],
    ['insertedCount', Object.assign(refused(), { insertedCount: 3 })],
    ['stdout', Object.assign(refused(), { stdout: 'order 12 stored' })],
  ])('is not the whole story if %s says more', (_, error) => {
    expect(remainder(error)).not.toBeNull();
  });
});

describe('an MCP result', () => {
  it('is the whole story if all its texts are', () => {
    expect(remainder(resultOf('connection refused'))).toBeNull();
    expect(
      remainder(resultOf('connection refused', { structuredContent: { error: 'connection refused' } })),
    ).toBeNull();
  });

  it.each([
    [
      'a second text',
      {
        content: [
          { type: 'text', text: 'connection refused' },
          { type: 'text', text: 'order 12' },
        ],
      },
    ],
    [
      'an image',
      {
        content: [
          { type: 'text', text: 'connection refused' },
          { type: 'image', data: 'AA==' },
        ],
      },
    ],
    ['structured content', resultOf('connection refused', { structuredContent: { order: 12 } })],
  ])('is not the whole story with %s', (_, value) => {
    expect(remainder(value)).not.toBeNull();
  });
});
