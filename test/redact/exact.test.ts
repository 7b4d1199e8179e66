import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/redact/index.ts';

const value = `dummy'"<&> p@ss/w+rd=%\\ü`;
const redact = createRedactor({ env: {}, values: [value] });

describe('an exact value', () => {
  it.each([
    ['as it is', value],
    ['in JSON', JSON.stringify({ x: value })],
    ['in JSON in JSON', JSON.stringify(JSON.stringify({ x: value }))],
    ["in Go's JSON", JSON.stringify(value).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)],
    ['in a URL', `https://x.example/?q=${encodeURIComponent(value)}`],
    ['in a form', new URLSearchParams({ q: value }).toString()],
    [
      'in XML',
      value
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;')
        .replaceAll("'", '&#39;'),
    ],
    ['in a shell', `echo '${value.replaceAll("'", "'\\''")}'`],
    ['in base64', Buffer.from(value).toString('base64')],
    ['in base64url', Buffer.from(value).toString('base64url')],
  ])('is masked %s', (_, text) => {
    const masked = redact(`>>> ${text} <<<`);
    expect(masked).not.toContain('p@ss');
    expect(masked).not.toContain('w%2Brd');
    expect(masked).toMatch(/^>>> .*\[redacted\].* <<<$/);
    expect(redact(masked)).toBe(masked);
  });

  it.each([0, 1, 2, 3, 4, 5])('is masked in the base64 of a longer text, from byte %i on', (before) => {
    const text = Buffer.from(`${'u'.repeat(before)}${value}!`).toString('base64');
    expect(redact(`Basic ${text}.`)).toBe('Basic [redacted].');
  });

  it('of a longer secret goes before that of a shorter one within it', () => {
    const both = createRedactor({ env: {}, values: ['dummy-one-1', 'dummy-one-1-and-more'] });
    expect(both('x dummy-one-1-and-more y')).toBe('x [redacted] y');
  });

  it('that is short, or like a word, is masked only where it stands alone', () => {
    const short = createRedactor({ env: {}, values: ['root', 'postgres'] });
    expect(short('root@db: rooted, uprooted, postgresql://root')).toBe(
      '[redacted]@db: rooted, uprooted, postgresql://[redacted]',
    );
  });

  it('of fewer than three characters is left', () => {
    expect(createRedactor({ env: {}, values: ['a', '', '  '] })('a b')).toBe('a b');
  });

  it('is masked in a short text that was found clean before it was remembered', () => {
    const redact = createRedactor({ env: {} });
    for (let time = 0; time < 2; time += 1) expect(redact('the value dummy-new-2')).toBe('the value dummy-new-2');
    redact.remember('dummy-new-2');
    for (let time = 0; time < 2; time += 1) expect(redact('the value dummy-new-2')).not.toContain('dummy-new-2');
  });

  it('is masked from the moment on that it is remembered', () => {
    const growing = createRedactor({ env: {} });
    expect(growing('dummy-new-1')).toBe('dummy-new-1');
    growing.remember('dummy-new-1');
    expect(growing('dummy-new-1')).toBe('[redacted]');
  });

  it('of many does not end in a mess: a thousand are kept', () => {
    const many = createRedactor({
      env: {},
      values: Array.from({ length: 2_000 }, (_, index) => `dummy-${index}-value`),
    });
    expect(many('dummy-7-value dummy-1999-value')).toBe('[redacted] dummy-1999-value');
  });
});

describe('the environment', () => {
  const env = {
    API_TOKEN: 'dummy-token-1',
    DB_PASSWORD: 'dummy-word-2',
    GITHUB_PAT: 'dummypat0000',
    MINE: 'dummy-mine-3',
    TOKEN_FILE: '/run/secrets/token',
    PWD: '/home/dummy',
    SHORT_TOKEN: 'abc',
    MAX_TOKENS: '100000',
    SECRET_MODE: 'enabled',
    CI_SECRET: 'disabled',
    AWS_SECRET_ACCESS_KEY: '/dummyDUMMY0/dummyDUMMY0/dummyDUMMY0dumm',
    EDITOR: 'dummy-editor',
  };
  const masked = createRedactor({ env, secretEnv: ['MINE', 'UNSET'] });

  it('gives its credentials away by their names', () => {
    for (const name of ['API_TOKEN', 'DB_PASSWORD', 'GITHUB_PAT', 'MINE', 'AWS_SECRET_ACCESS_KEY'] as const) {
      expect(masked(`got ${env[name]} there`), name).toBe('got [redacted] there');
    }
  });

  it('keeps what is none', () => {
    const text = '/run/secrets/token /home/dummy abc 100000 enabled disabled dummy-editor';
    expect(masked(text)).toBe(text);
  });

  it.each([
    ['PWD', '/builds/dummy/project'],
    ['OLDPWD', '/builds/dummy/project'],
    ['PASSWD', '/etc/dummy/passwd'],
    ['API_TOKEN', '/run/secrets/token'],
  ])('keeps the path in %s', (name, path) => {
    expect(createRedactor({ env: { [name]: path } })(`cd ${path}`)).toBe(`cd ${path}`);
  });

  it.each(['PASSWD', 'MYSQL_PWD', 'PWD_PROD'])(
    'gives the secret in %s away, though its name is like that of a path',
    (name) => {
      expect(createRedactor({ env: { [name]: 'dummy-word-4' } })('got dummy-word-4')).toBe('got [redacted]');
    },
  );
});
