import { describe, expect, it } from 'vitest';
import { compileLinear } from '../../src/diagnosis/user-patterns.ts';
import { patternOf } from '../../src/learning/pattern-of.ts';
import { signatureOf } from '../../src/learning/signature.ts';
import { seeded } from '../support/seeded.ts';
import { instancesOf, templates } from './error-lines.ts';

const random = seeded(40);
const sets = templates.map((template) => instancesOf(template, 50, random));
const matches = (regexp: string) => {
  const find = compileLinear([regexp]);
  return (line: string): boolean => find(line) !== null;
};

describe('a signature', () => {
  it.each([
    ['connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED <host>:<port>'],
    ['connect ECONNREFUSED redis:6379', 'connect ECONNREFUSED <host>:<port>'],
    ['connect ECONNREFUSED ::1:5432', 'connect ECONNREFUSED <host>'],
    ['getaddrinfo ENOTFOUND db-primary', 'getaddrinfo ENOTFOUND <host>'],
    ["ENOENT: no such file or directory, open '/var/x.json'", 'ENOENT: no such file or directory, open <quoted>'],
    ['cannot read C:\\Users\\ana\\x.txt or \\\\share\\y', 'cannot read <path> or <path>'],
    ['cannot read /etc/app/x.yaml, ./y and z.py:12:3', 'cannot read <path> and <path>'],
    ['mail to ana@example.com bounced', 'mail to <email> bounced'],
    ['pod web-6b7f9c-x2x of job 123e4567-e89b-12d3-a456-426614174000 died', 'pod <id> of job <id> died'],
    ['token [redacted:jwt] rejected', 'token <secret> rejected'],
    [
      'failed after 3 retries in 1m30s, 20 seconds late, 512 MB of 3GiB',
      'failed after <n> retries in <duration>, <duration> late, <size> of <size>',
    ],
    ['The token expired at 2026-11-24T00:26:12.000Z', 'The token expired at <time>'],
    ['Tue, 24 Nov 2026 07:44:24 GMT upstream is down', '<time> upstream is down'],
    ['2026-11-24 00:26:12,123 ERROR lost', '<time> ERROR lost'],
    ['v1.24.3 needs 2.0.0-rc.1', '<version> needs <version>'],
    [
      'process 422 waits for transaction 415; it is blocked by 503.',
      'process <n> waits for transaction <n>; it is blocked by <n>.',
    ],
    ['[error] 6500#1: *12 lost', '[error] <id>: <id> lost'],
    ['order 12345678 is locked', 'order <id> is locked'],
    ['order 1234abcd is locked', 'order <id> is locked'],
    ['wrote 12345678 bytes after 98765432 ms', 'wrote <size> after <duration>'],
    ['bad address 0x7ffd12ab in process 4711', 'bad address <n> in process <n>'],
  ])('masks what varies: %s', (line, masked) => {
    expect(signatureOf(line).line).toBe(masked);
  });

  it.each([
    'HTTP/1.1 503 Service Unavailable',
    'Request failed with status code 404',
    'curl: (22) The requested URL returned error: 401',
    'Response (502)',
    'got 503 from upstream',
    'error 404',
    'upstream: 502',
    'connect ECONNRESET',
    'SQLSTATE[08006] [7] could not connect',
    'ORA-12541: TNS:no listener',
    'AADSTS50058: session information is not sufficient',
    'ERROR 1045 (28000): Access denied',
    'Command failed with exit code 137',
    'process exited with 137',
    'MCP error -32603: Internal error',
    '550 5.7.1 Relaying denied',
    'HRESULT 0x80070005 Access is denied',
    'ERR_HTTP2_STREAM_ERROR in TLSv1.2',
    'upstream failed (110: Connection timed out)',
    'com.mysql.jdbc.CommunicationsException: link failure',
    '{"message":"Forbidden","code":"E_DENIED"}',
    '{"issue":"ORDER_ALREADY_CAPTURED","errorSummary":"Too many requests"}',
    'level=error msg="dial failed" err="connection refused"',
  ])('keeps what says which failure it is: %s', (line) => {
    expect(signatureOf(line).line).toBe(line);
  });

  it.each([
    ['VM Started', 'VM Paused'],
    ['{"message":"Unauthorized"}', '{"message":"Forbidden"}'],
    ['cannot sync: "connection refused"', 'cannot sync: "permission denied"'],
    ['status 401', 'status 503'],
    ['exit code 1', 'exit code 137'],
    ['connect ECONNREFUSED 1.1.1.1:80', 'connect ECONNRESET 1.1.1.1:80'],
    ['error: code=5', 'error: code=7'],
  ])('tells failures apart: %s, %s', (one, other) => {
    expect(signatureOf(one).id).not.toBe(signatureOf(other).id);
  });

  it('is 16 hexadecimal digits, the digest of the line alone', () => {
    expect(signatureOf('VM Started')).toEqual({ id: '71f21a710d37ee8e', line: 'VM Started' });
    expect(signatureOf('  VM \n Started ').id).toBe('71f21a710d37ee8e');
    expect(signatureOf('').id).toMatch(/^[0-9a-f]{16}$/);
  });

  it('of a line that was cut is the same wherever it was cut', () => {
    const long = (path: string) =>
      `cannot write ${path} because ${'the disk of the machine is full and nothing more fits on it, '.repeat(6)}`;
    const cut = (line: string) => `${line.slice(0, 299)}…`;
    expect(signatureOf(cut(long('/var/a'))).id).toBe(signatureOf(cut(long('/var/lib/much/longer/b'))).id);
  });

  it.each([
    '"',
    "'",
    '\\"',
    'a:',
    '[redacted',
    '/',
    'a/',
    '1:',
    '<n> ',
    '<time> ',
    '(',
    'a.',
    '-',
    '\\',
    '“',
    '=',
    '\u0000',
    '😀',
    'Nov 1 ',
  ])('of a hostile line is found, and is short: %j', (piece) => {
    const { line } = signatureOf(piece.repeat(20_000));
    expect(line.length).toBeLessThanOrEqual(162);
  });
});

describe('the signatures of 40 kinds of failure, 50 lines each', () => {
  const groups = new Map<string, number[]>();
  sets.forEach((lines, kind) => {
    for (const line of lines) {
      const { id } = signatureOf(line);
      const counts = groups.get(id) ?? templates.map(() => 0);
      counts[kind] = (counts[kind] ?? 0) + 1;
      groups.set(id, counts);
    }
  });

  it('put at most 1 % of the lines in a group of something else', () => {
    const mixed = [...groups.values()].reduce(
      (sum, counts) => sum + counts.reduce((a, b) => a + b) - Math.max(...counts),
      0,
    );
    expect(mixed / (templates.length * 50)).toBeLessThanOrEqual(0.01);
  });

  it('make few groups more than there are kinds', () => {
    expect(groups.size).toBeLessThanOrEqual(templates.length * 1.1);
  });
});

describe('the patterns made of signatures', () => {
  const learned = sets.map((lines) => {
    const half = lines.slice(0, 25).map(signatureOf);
    return [...new Map(half.map((signature) => [signature.id, signature])).values()].map(patternOf);
  });
  const compiled = learned.map((patterns) => patterns.flatMap((one) => ('regexp' in one ? [matches(one.regexp)] : [])));

  it('match at least 90 % of the lines of their own kind that they were not made of', () => {
    const tried = sets.flatMap((lines, kind) =>
      (compiled[kind] ?? []).length === 0 ? [] : lines.slice(25).map((line) => [line, kind] as const),
    );
    const matched = tried.filter(([line, kind]) => compiled[kind]?.some((match) => match(line)));
    expect(tried.length).toBeGreaterThanOrEqual(900);
    expect(matched.length / tried.length).toBeGreaterThanOrEqual(0.9);
  });

  it('match no line of another kind', () => {
    const foreign = compiled.flatMap((patterns, kind) =>
      sets.flatMap((lines, other) =>
        other === kind
          ? []
          : lines
              .slice(25)
              .filter((line) => patterns.some((match) => match(line)))
              .map((line) => `${templates[kind]} on ${line}`),
      ),
    );
    expect(foreign).toEqual([]);
  });

  it.each(['Unauthorized', '<quoted>', 'error: <path>', 'the <id> of <n>', 'and <host>:<port>', ''])(
    'are refused under two fixed words: %j',
    (line) => {
      expect(patternOf({ line })).toEqual({ refused: expect.stringContaining('two fixed words') });
    },
  );

  it('match a line as a whole, whatever blanks it has', () => {
    const pattern = patternOf(signatureOf('lease 4711 was revoked'));
    const match = 'regexp' in pattern ? matches(pattern.regexp) : undefined;
    expect(match?.('lease 81 was  revoked ')).toBe(true);
    expect(match?.('before\nlease 81 was revoked\nafter')).toBe(true);
    expect(match?.('lease 81 was revoked again')).toBe(false);
    expect(match?.('no lease 81 was revoked')).toBe(false);
    expect(match?.('lease x was revoked')).toBe(false);
  });

  it('take the name of a variable part as text if the tool wrote it', () => {
    const pattern = patternOf(signatureOf('the server says <secret> and gave up'));
    const match = 'regexp' in pattern ? matches(pattern.regexp) : undefined;
    expect(match?.('the server says <secret> and gave up')).toBe(true);
    expect(match?.('the server says disk and gave up')).toBe(false);
    expect(patternOf(signatureOf('Error executing tool: [redacted]'))).toHaveProperty('refused');
  });

  it('take what a tool wrote as plain text', () => {
    const pattern = patternOf(signatureOf('broker said (.*)+[a-z]{9}^$ | \\d and failed'));
    expect('regexp' in pattern && matches(pattern.regexp)('broker said (.*)+[a-z]{9}^$ | \\d and failed')).toBe(true);
    expect('regexp' in pattern && matches(pattern.regexp)('broker said aaa and failed')).toBe(false);
  });
});
