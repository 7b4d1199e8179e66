import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor, redactAndCut } from '../../src/redact/index.ts';
import { shapeRules } from '../../src/redact/shapes/index.ts';
import { marked, redact } from './support.ts';

fc.configureGlobal({ seed: 20_260_204 });

const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'];
/** A value that no text holds by chance. */
const secrets = fc
  .array(fc.constantFrom(...letters), { minLength: 12, maxLength: 40 })
  .map((chars) => `${chars.join('')}x7`);
const prose = fc.lorem({ maxCount: 12 }).map((text) => text.replaceAll('.', ''));
const junk = fc.oneof(prose, fc.string({ maxLength: 60 }), fc.string({ unit: 'binary', maxLength: 40 }));

/** The ways in which a secret stands in the outputs of tools. */
const surroundings: ((name: string, secret: string) => string)[] = [
  (name, secret) => JSON.stringify({ a: 1, [name]: secret, b: 'x' }),
  (name, secret) => JSON.stringify({ stdout: JSON.stringify({ [name]: secret }) }),
  (name, secret) => JSON.stringify({ stdout: `x\n${name}=${secret}\ny` }),
  (name, secret) => `?a=1&${name}=${secret}&b=2`,
  (name, secret) => `a=1&x=${encodeURIComponent(`?${name}=${secret}&y=1`)}&b=2`,
  (name, secret) => `GET / HTTP/1.1\r\n${name}: ${secret}\r\nAccept: */*\r\n`,
  (name, secret) => `a: 1\n${name}: ${secret}\nb: 2\n`,
  (name, secret) => `a:\n  - ${name}: "${secret}"\n    b: 2\n`,
  (name, secret) => `export ${name}=${secret}; run`,
  (name, secret) => `run --${name} ${secret} --verbose`,
  (name, secret) => `run --${name}='${secret}'`,
  (name, secret) => `<a><${name}>${secret}</${name}></a>`,
  (name, secret) => `${name} = "${secret}"\n`,
  (name, secret) => `{'${name}': '${secret}'}`,
  (name, secret) => `Config(a=1, ${name}=${secret}, b=2)`,
];
const names = ['password', 'client_secret', 'access_token', 'apiKey', 'X-Api-Key', 'DB_PASSWORD', 'privateKey'];

describe('a secret', () => {
  it('never survives under a telling name, whatever stands around it', () => {
    fc.assert(
      fc.property(
        junk,
        fc.constantFrom(...names),
        secrets,
        fc.constantFrom(...surroundings),
        junk,
        (before, name, secret, place, after) => {
          const text = `${before}\n${place(name, secret)}\n${after}`;
          expect(redact(text)).not.toContain(secret);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('never survives as an exact value, wherever it is cut into a text', () => {
    fc.assert(
      fc.property(junk, fc.string({ minLength: 12, maxLength: 40 }), junk, (before, secret, after) => {
        fc.pre(secret.trim().length >= 12 && /[0-9]/.test(secret) && !`${before}|${after}`.includes(secret.trim()));
        const exact = createRedactor({ env: {}, values: [secret] });
        expect(exact(`${before}${secret}${after}`)).not.toContain(secret.trim());
        expect(exact(JSON.stringify({ text: `${before}${secret}` }))).not.toContain(
          JSON.stringify(secret.trim()).slice(1, -1),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('never survives by its shape, behind whatever ends a word', () => {
    const examples = shapeRules.map(({ example }) => marked(example));
    fc.assert(
      fc.property(
        junk,
        fc.constantFrom(...examples),
        fc.constantFrom(' ', '\n', '\t', '"', '(', '\\n', '\r\n'),
        junk,
        (before, { text, secret }, gap, after) => {
          fc.pre(!before.endsWith('\\'));
          expect(redact(`${before}${gap}${text}${gap}${after}`)).not.toContain(secret);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('never survives in half, where a text is cut', () => {
    fc.assert(
      fc.property(prose, secrets, fc.integer({ min: 0, max: 120 }), (before, secret, max) => {
        const cut = redactAndCut(`${before} password=${secret} more`, max, redact);
        expect(cut.length).toBeLessThanOrEqual(max);
        expect(cut).not.toContain(secret.slice(0, 6));
      }),
    );
  });
});

/** Pieces that make up hostile texts: what the rules look for, in any order. */
const pieces = fc.constantFrom(
  ...[
    'password',
    'token',
    'authorization',
    'cookie',
    '=',
    ':',
    ': ',
    '"',
    "'",
    '\\',
    '\\"',
    '[',
    ']',
    '{',
    '}',
    '\n',
    ' ',
    ',',
    '|\n',
    '--',
  ],
  ...[
    '%3D',
    '<',
    '>',
    '://',
    '@',
    'u:p@h',
    'Bearer ',
    'Basic ',
    'eyJhbGciOi',
    '.',
    'ghp_0123456789',
    '[redacted]',
    '[redacted:x]',
    '[redac',
  ],
  ...[
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
    'MIIE',
    'kind: Secret',
    'data:\n',
    '  a: b\n',
    'AKIA0123456789ABCDEF',
    '\ud800',
  ],
);
const hostile = fc.oneof(
  fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
  junk,
);

describe('redacting', () => {
  it('twice changes nothing more', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const once = redact(text);
        expect(redact(once)).toBe(once);
      }),
      { numRuns: 10_000 },
    );
  });

  it.each([
    '{"Jwt":[false]}',
    '{"token":[1234567,false]}',
    '{"token":[[]]}',
    '{"tokens":[ ]}',
    '{"token":[null , {"password":[1]}]}',
  ])('leaves %s valid, since a list without texts holds no secret', (text) => {
    expect(redact(text)).toBe(text);
  });

  it.each([
    ['{"password":123456}', '{"password":"[redacted]"}'],
    ['{"a":{"pw": 5e-324 }}', '{"a":{"pw": "[redacted]" }}'],
    ['password: 123456', 'password: [redacted]'],
  ])('makes a text of a number in JSON: %s', (text, masked) => {
    expect(redact(text)).toBe(masked);
    expect(redact(masked)).toBe(masked);
  });

  it('keeps JSON valid', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(...names), secrets, (json, name, secret) => {
        const text = `{"${name}":${JSON.stringify(secret)},"rest":${json}}`;
        expect(() => JSON.parse(redact(text))).not.toThrow();
      }),
      { numRuns: 1_000 },
    );
  });

  it('never throws, not even for what is no text', () => {
    for (const value of [
      undefined,
      null,
      5,
      {},
      [],
      Symbol('x'),
      {
        toString: () => {
          throw new Error('no');
        },
      },
    ]) {
      expect(typeof redact(value as never)).toBe('string');
    }
  });
});
