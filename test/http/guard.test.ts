import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createGuard, type GuardOptions, isLoopback } from '../../src/http/guard.ts';

const check = (headers: Record<string, string>, options: GuardOptions = {}): number | undefined =>
  createGuard(options)({ headers } as unknown as IncomingMessage)?.status;

describe('the guard', () => {
  it.each(['localhost', 'localhost:3000', '127.0.0.1:80', '127.1.2.3', '[::1]:8080', 'LocalHost:1', 'my.localhost:5'])(
    'lets in a request to the loopback name %s',
    (host) => expect(check({ host })).toBeUndefined(),
  );

  it.each([
    'example.com',
    'evil.example:3000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '0.0.0.0:3000',
    '192.168.0.1',
    'evil.example@localhost',
    'localhost/../evil',
    'localhost:3000?x',
    '',
    '[::2]',
    'a b',
  ])('turns away a request to %j: a page may have pointed its own name at this machine', (host) =>
    expect(check({ host })).toBe(403),
  );

  it('turns away a request that names no host', () => expect(check({})).toBe(403));

  it('lets in the names that are configured, with and without a port', () => {
    const options = { hosts: ['mcp.example.com', 'other:3000'] };
    expect(check({ host: 'MCP.example.com:8443' }, options)).toBeUndefined();
    expect(check({ host: 'other' }, options)).toBeUndefined();
    expect(check({ host: 'localhost' }, options)).toBeUndefined();
    expect(check({ host: 'example.com' }, options)).toBe(403);
    expect(check({ host: 'anything.example' }, { hosts: ['*'] })).toBeUndefined();
  });

  it.each(['http://localhost:6274', 'https://127.0.0.1', 'http://[::1]:3000'])('lets in a page of %s', (origin) =>
    expect(check({ host: 'localhost', origin })).toBeUndefined(),
  );

  it.each(['https://evil.example', 'null', 'http://localhost.evil.example', 'file://localhost', 'nonsense', ''])(
    'turns away a page of %j',
    (origin) => expect(check({ host: 'localhost', origin })).toBe(403),
  );

  it('lets in pages of the origins that are configured, exactly', () => {
    const options = { origins: ['https://app.example.com'] };
    expect(check({ host: 'localhost', origin: 'https://app.example.com' }, options)).toBeUndefined();
    expect(check({ host: 'localhost', origin: 'http://app.example.com' }, options)).toBe(403);
    expect(check({ host: 'localhost', origin: 'https://app.example.com:444' }, options)).toBe(403);
    expect(check({ host: 'localhost', origin: 'https://any.example' }, { origins: ['*'] })).toBeUndefined();
  });

  it('requires the token if there is one, and sends the challenge', () => {
    const guard = createGuard({ token: 'dummy-token' });
    const refusal = guard({ headers: { host: 'localhost' } } as IncomingMessage);
    expect(refusal).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    const wrong = guard({ headers: { host: 'localhost', authorization: 'Bearer other-token' } } as IncomingMessage);
    expect(wrong).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
    expect(JSON.stringify([refusal, wrong])).not.toContain('dummy-token');
  });

  it.each([
    ['Bearer dummy-token', undefined],
    ['bearer   dummy-token', undefined],
    ['Bearer dummy-toke', 401],
    ['Bearer dummy-token2', 401],
    ['Basic dummy-token', 401],
    ['dummy-token', 401],
    ['', 401],
  ] as const)('given the header %j answers %s', (authorization, status) =>
    expect(check({ host: 'localhost', authorization }, { token: 'dummy-token' })).toBe(status),
  );

  it('checks the host before the token, so that a foreign page learns nothing', () =>
    expect(check({ host: 'evil.example' }, { token: 'dummy-token' })).toBe(403));

  it('says in its words what was wrong, on one line', () => {
    const refusal = createGuard({})({ headers: { host: 'evil"\n.example' } } as IncomingMessage);
    expect(refusal?.message).toBe('Invalid Host: "evil\\"\\n.example" is not a name of this server');
  });
});

describe('isLoopback', () => {
  it('knows the names of this machine from within', () => {
    expect(['localhost', '127.8.8.8', '::1', '[::1]'].filter((name) => !isLoopback(name))).toEqual([]);
    expect(['0.0.0.0', '::', '10.0.0.1', 'host', '127.0.0.1.example'].filter(isLoopback)).toEqual([]);
  });
});
