import { describe, expect, it } from 'vitest';
import { readCorpus } from './corpus/read.ts';
import { redact } from './support.ts';

const seeds = [1, 2, 3, 4, 5];
const rowsOf = (file: string) => seeds.flatMap((seed) => readCorpus(file, seed));

/** Whether eight characters of the secret in a row, or all of a shorter one, are still there. */
const shows = (masked: string, secret: string): boolean => {
  const width = Math.min(secret.length, 8);
  return [...Array(secret.length - width + 1).keys()].some((at) => masked.includes(secret.slice(at, at + width)));
};

describe('the corpus', () => {
  it('has many texts of each side, and a secret in each that leaks', () => {
    const leaks = readCorpus('leaks.txt', 1);
    const healthy = readCorpus('healthy.txt', 1);
    expect(leaks.length).toBeGreaterThan(150);
    expect(healthy.length).toBeGreaterThan(150);
    expect(leaks.filter(({ secrets }) => secrets.length === 0)).toEqual([]);
    // What is to be filled in, such as `<hex 40>`, has been.
    expect([...leaks, ...healthy].filter(({ text }) => /<(?:hex|b62|b64url|uuid|pw)\b/.test(text))).toEqual([]);
  });

  it('of secrets leaks in fewer than 1 of 50 texts', () => {
    const rows = rowsOf('leaks.txt');
    const leaking = rows.filter(({ text, secrets }) => secrets.some((secret) => shows(redact(text), secret)));
    // Left alone are hexadecimal digits and short tokens behind prefixes that no list has, since ids look the same.
    expect(leaking.length / rows.length, leaking.map(({ name }) => name).join(', ')).toBeLessThan(0.02);
  });

  it('of texts without a secret is masked in fewer than 1 of 500', () => {
    const rows = rowsOf('healthy.txt');
    const masked = rows.filter(({ text }) => redact(text) !== text);
    expect(masked.length / rows.length, masked.map(({ text }) => redact(text)).join('\n')).toBeLessThan(0.002);
  });

  it('is masked once and for all', () => {
    for (const { text } of [...rowsOf('leaks.txt'), ...rowsOf('healthy.txt')]) {
      const masked = redact(text);
      expect(redact(masked)).toBe(masked);
    }
  });
});
