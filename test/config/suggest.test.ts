import { describe, expect, it } from 'vitest';
import { closest } from '../../src/config/suggest.ts';

const known = ['attempts', 'deadlineMs', 'log', 'memoryDir', 'timeoutMs', 'tools', 'tool'];

describe('closest', () => {
  it.each([
    ['atempts', 'attempts'],
    ['attemtps', 'attempts'],
    ['Attempts', 'attempts'],
    ['deadline_ms', 'deadlineMs'],
    ['timeout', 'timeoutMs'],
    ['lgo', 'log'],
    ['toolss', 'tools'],
  ])('finds what %s was meant to be', (word, meant) => {
    expect(closest(word, known)).toBe(meant);
  });

  it.each(['colour', 'x', '', '!!', 'retries', 'a'.repeat(100_000)])(
    'finds nothing for a word like none: %.10s',
    (word) => {
      expect(closest(word, known)).toBeUndefined();
    },
  );
});
