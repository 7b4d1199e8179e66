import { describe, expect, it } from 'vitest';
import { Way, type WayName } from './ways.ts';

const token = (claims: object, signature: string): string =>
  `Bearer ${['{"alg":"none"}', JSON.stringify(claims)].map((part) => Buffer.from(part).toString('base64url')).join('.')}.${signature}`;

const own = { iss: 'https://issuer.example', sub: 'ada', client_id: 'c' };

/** Only a client over HTTP sends credentials. Behind HTTP to HTTP the server verifies them; a server on stdio cannot. */
const httpWays: readonly (readonly [WayName, isVerified: boolean])[] = [
  ['HTTP to stdio', false],
  ['HTTP to HTTP', true],
];

describe.each(httpWays)('a session, from %s,', (name, isVerified) => {
  it.each<readonly [what: string, authorization: string | undefined, isOwner: boolean]>([
    ['the same token', token(own, 'x'), true],
    ['a renewed token of the same subject', token({ ...own, exp: 2 }, 'y'), isVerified],
    ['a token of another subject', token({ ...own, sub: 'eve' }, 'x'), false],
    ['a token of another issuer', token({ ...own, iss: 'https://other.example' }, 'x'), false],
    ['a token of another client', token({ ...own, client_id: 'd' }, 'x'), false],
    ['a token without claims', 'Bearer opaque', false],
    ['no token', undefined, false],
  ])('belongs to %s', async (_what, authorization, isOwner) => {
    await using way = await Way.start(name);
    await way.connect({ authorization: token(own, 'x') });
    const { http } = await way.request({ method: 'tools/list', headers: { authorization } });
    expect(http?.status).toBe(isOwner ? 200 : 404);
  });
});
