import { describe, expect, it } from 'vitest';
import { outputOf } from '../../src/diagnosis/index.ts';
import type { Channel } from '../../src/model/terms.ts';
import { diagnoser } from './support.ts';

/** What healflow says of an output; a result that looks healthy is never diagnosed. */
const said = (text: string, channel: Channel = 'result', tool = 'some_tool'): string => {
  if (channel === 'result' && diagnoser.looksHealthy(text)) return 'none';
  const { class: of, fixes } = diagnoser.diagnose(outputOf(tool, channel, text));
  return [of, ...fixes.slice(0, 1)].join(' ');
};

describe('a failure behind the prefix of a program', () => {
  it.each([
    ['abort: authorization failed', 'auth token_refresh'],
    ['svn: E170001: Authentication failed', 'auth token_refresh'],
    ['Code: 516. DB::Exception: reader: Authentication failed: password is incorrect', 'auth token_refresh'],
    ['googleapi: Error 403: The caller does not have permission, forbidden', 'auth'],
    ['cURL error 28: Operation timed out after 10001 milliseconds with 0 bytes received', 'network retry_backoff'],
    ['tree connect failed: NT_STATUS_ACCESS_DENIED', 'auth'],
    ['API error (500): something broke', 'server retry_backoff'],
    ['2026/11/24 04:01:00 dial tcp 10.1.2.3:443: connect: connection refused', 'network vpn_connect'],
    ["app.rb:12:in `get': 401 Unauthorized (RestClient::Unauthorized)", 'auth token_refresh'],
  ])('%s', (text, expected) => expect(said(text)).toBe(expected));

  it.each([
    'lastError: connection refused\nstate: ready',
    'web: unauthorized\ndb: ok\ncache: connection refused',
    'error: none',
    'Connection refused is what you get if the port is closed.',
  ])('is not a value of that name: %s', (text) => expect(said(text)).toBe('none'));
});

describe('a failure after what a program printed before', () => {
  it.each([
    ['$ ./deploy.sh prod\n+ kubectl apply -f app.yaml\nfatal: connection refused', 'network vpn_connect'],
    ['==> Logging in\n==> Uploading bundle\nTokenExpired: the upload token has expired', 'auth token_refresh'],
    [
      'Loaded config from /etc/sync.yml\nsync: connect to sync.lab.example:873: Connection timed out',
      'network vpn_connect',
    ],
    ['Order 12 saved. Notice to the store: connection refused', 'network vpn_connect'],
  ])('%j', (text, expected) => expect(said(text)).toBe(expected));

  it.each([
    '[error] Failed to load resource: 404 (Not Found)\n[warning] slow\n[log] checkout ready',
    '$ make check\ncurl: (7) Failed to connect to localhost port 8080: Connection refused\nPASS 29/29\n\nDone. Your build exited with 0.',
  ])('is none if all ended well: %j', (text) => expect(said(text)).toBe('none'));

  it('is content where the tool shows what others wrote', () => {
    const text = 'the server started\nit took the port 3000\nError: connect ECONNREFUSED 127.0.0.1:5432';
    expect([said(text, 'result', 'docker_logs'), said(text, 'result', 'run_migration')]).toEqual([
      'none',
      'network vpn_connect',
    ]);
  });
});

describe('the transcript of one request', () => {
  it.each([
    ['GET https://api.lab.example/v1/me → 401', 'auth token_refresh'],
    ['GET /v1/me HTTP/1.1\nHost: api.lab.example\n\nHTTP/1.1 503 Service Unavailable\n\n', 'server retry_backoff'],
    ['HTTP 429\nretry-after: 4\n\n{"message":"slow"}', 'rate wait_retry'],
    ['GET https://api.lab.example/v1/me → 200 OK', 'none'],
    ['GET https://a.example/ → 200\nGET https://b.example/ → 503', 'none'],
    ['<-  250 Ok\n -> RCPT TO:<a@b.example>\n<** 451 4.7.1 Greylisting in action\n -> QUIT', 'rate wait_retry'],
  ])('%j', (text, expected) => expect(said(text)).toBe(expected));
});

describe('a body in its envelope', () => {
  it.each([
    ['{"error_summary":"expired_access_token/..","error":{".tag":"expired_access_token"}}', 'auth token_refresh'],
    ['{"result":{"code":401,"message":"Login required"}}', 'auth token_refresh'],
    ['{"errcode":42001,"errmsg":"access_token expired"}', 'auth token_refresh'],
    ['{"Response":{"Error":{"Code":"AuthFailure.TokenFailure","Message":"no"},"RequestId":"a"}}', 'auth token_refresh'],
    ['{"text":"Invalid token","code":4}', 'auth token_refresh'],
    ['{"fehler":"Zu viele Anfragen"}', 'rate wait_retry'],
    [
      '<soap:Envelope><soap:Body><soap:Fault><faultstring>Authentication failed</faultstring></soap:Fault></soap:Body></soap:Envelope>',
      'auth token_refresh',
    ],
    ['{"code":4,"text":"hello"}', 'none'],
    ['{"text":"Your token has expired","lang":"en"}', 'none'],
  ])('%s', (text, expected) => expect(said(text)).toBe(expected));
});

describe('a page in place of what was asked for', () => {
  const form = '<form action="/login" method="post"><input type="password"></form>';
  it.each([
    [`<!DOCTYPE html><html><head><title>Sign in - Lab</title></head><body>${form}</body></html>`, 'auth token_refresh'],
    ['<html><body><h1>503 Service Unavailable</h1>\nNo server is available.\n</body></html>', 'server retry_backoff'],
    ['<!DOCTYPE html><html><head><title>How to fix 401 Unauthorized</title></head><body></body></html>', 'none'],
    ['<html><head><title>Docs</title></head><body><a href="/login">Sign in</a></body></html>', 'none'],
  ])('%s', (text, expected) => expect(said(text)).toBe(expected));
});

describe('a client around the words of a tool', () => {
  it.each([
    ['MCP error -32600: Rate limit exceeded', 'rate wait_retry'],
    ['MCP error -32603: NOPERM User default has no permissions', 'auth'],
    ['MCP error -32600: Invalid Request', 'usage'],
    ['MCP error -32602: Tool get_token not found', 'usage'],
    ["Tool 'map' execution failed: Forbidden", 'auth'],
    ["Tool 'map' execution failed: 401", 'auth token_refresh'],
  ])('%s', (text, expected) => expect(said(text, 'exception')).toBe(expected));
});

describe('what no fix may touch', () => {
  it.each([
    ['config file not found: /etc/lab.yml', 'usage'],
    ['user "sam" not found', 'resource'],
    ['exec: "gke-gcloud-auth-plugin": executable file not found in $PATH', 'usage'],
    ['WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!\nHost key verification failed.', 'usage'],
    ['request refused by policy', 'auth'],
    ['connection refused by policy rule 12', 'auth'],
    ['Your IP address 192.0.2.1 is not on the allow list', 'auth'],
    ['message is too long (max 4096 characters)', 'usage'],
    ['No element found for selector "text=connection refused"', 'usage'],
    ['No results found for "429 too many requests"', 'usage'],
    ['locator(\'text="401 Unauthorized"\') resolved to 0 elements', 'usage'],
  ])('%s', (text, expected) => expect(said(text, 'isError')).toBe(expected));

  it.each([
    ['Connection Refused: not authorised.', 'auth token_refresh'],
    ['Project with id 12 not found', 'resource cache_clear'],
    ['Domain name not found', 'network vpn_connect'],
    ['unable to create lock in backend: dial tcp 10.8.0.30:8000: connect: connection refused', 'network vpn_connect'],
  ])('is not %s', (text, expected) => expect(said(text, 'isError')).toBe(expected));
});

describe('a body that a tool returns as an object', () => {
  it.each([
    [{ result: { code: 401, message: 'Login required' } }, 'auth'],
    [{ errcode: 42_001, errmsg: 'access_token expired' }, 'auth'],
    [{ Response: { Error: { Code: 'RequestLimitExceeded', Message: 'no' }, RequestId: 'a' } }, 'rate'],
    [{ fehler: 'Zu viele Anfragen' }, 'rate'],
    [{ result: { error: null, value: 503 } }, 'none'],
    [{ result: { name: 'Error pages' } }, 'none'],
  ])('%j', (value, expected) => {
    const isFailure = !diagnoser.looksHealthy(value);
    expect(isFailure ? diagnoser.diagnose({ tool: 'some_tool', channel: 'result', value }).class : 'none').toBe(
      expected,
    );
  });
});

describe('a page that begins with an error', () => {
  it.each([
    'Error: EACCES: permission denied\n\nProblem\n\nnpm may report this error.\n\nSolution\n\nUse a version manager.',
    'Error: 429 Too Many Requests means that you sent too many requests. Wait and retry.',
    'error.unauthorized: Unauthorized\nerror.not_found: Page not found\nerror.timeout: Connection timed out',
    '[error] Failed to load resource: status of 404 (Not Found)\n[warning] Slow network\n[log] cart ready',
    '$ make test\ncurl: (7) Failed to connect to localhost port 9000: Connection refused\nPASS\nThe build exited with 0.',
  ])('%j', (text) => expect(said(text)).toBe('none'));
});

describe('a thing that is missing or hidden', () => {
  it.each([
    ["The project could not be found or you don't have permission to view it.", 'resource'],
    ['Get-Content : Der Zugriff auf den Pfad "C:\\x" wurde verweigert.', 'auth'],
  ])('has no fix: %s', (text, expected) => expect(said(text, 'isError')).toBe(expected));
});
