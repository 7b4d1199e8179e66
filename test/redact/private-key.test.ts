import { describe, expect, it } from 'vitest';
import { redact } from './support.ts';

const body =
  'MIIEdummydummydummydummydummydummydummydummydummydummydummydummy\nDUMMYdummy0123456789+/dummydummydummydummydummydummydummydummy==';
const pem = (label: string): string => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----`;

describe('a private key', () => {
  it.each([
    'PRIVATE KEY',
    'RSA PRIVATE KEY',
    'EC PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
    'PGP PRIVATE KEY BLOCK',
  ])('is masked as a whole: %s', (label) => {
    expect(redact(`before\n${pem(label)}\nafter`)).toBe('before\n[redacted:private-key]\nafter');
  });

  it('is masked where its line breaks are escaped, once or twice', () => {
    const escaped = JSON.stringify({ key: pem('PRIVATE KEY') });
    expect(redact(escaped)).toBe('{"key":"[redacted:private-key]"}');
    expect(redact(JSON.stringify({ text: escaped }))).not.toContain('DUMMYdummy');
  });

  it('is masked where it was cut, at either end or at both', () => {
    const whole = pem('PRIVATE KEY');
    expect(redact(`x: ${whole.slice(0, 100)}`)).toBe('x: [redacted:private-key]');
    expect(redact(`${whole.slice(60)}\nafter it`)).toBe('[redacted:private-key]\nafter it');
    expect(redact(`${whole.slice(0, 120)}\nerror: it was cut`)).toBe('[redacted:private-key]\nerror: it was cut');
  });

  it('is masked with the margin of a log, or in an indented block', () => {
    const indented = `key: |\n${pem('RSA PRIVATE KEY').replace(/^/gm, '    ')}\nuser: ci\n`;
    expect(redact(indented)).toBe('key: |\n    [redacted:private-key]\nuser: ci\n');
    const cut = `${pem('RSA PRIVATE KEY').replace(/^/gm, '| ').slice(0, 100)}`;
    expect(redact(cut)).toBe('| [redacted:private-key]');
  });

  it('does not take along what is public', () => {
    const text = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n${pem('PRIVATE KEY')}\n`;
    expect(redact(text)).toBe(
      `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n[redacted:private-key]\n`,
    );
  });

  it('is masked each time', () => {
    const two = `${pem('PRIVATE KEY')}\nand\n${pem('EC PRIVATE KEY')}`;
    expect(redact(two)).toBe('[redacted:private-key]\nand\n[redacted:private-key]');
  });
});
