import { describe, expect, it } from 'vitest';
import { findShapes, shapeRules } from '../../src/redact/shapes/index.ts';
import type { ShapeRule } from '../../src/redact/shapes/rule.ts';
import { marked, redact } from './support.ts';

const named = shapeRules.map((rule): [string, ShapeRule] => [`${rule.id} (${rule.source})`, rule]);

const foundIn = (text: string): string[] => {
  const found: string[] = [];
  findShapes(text, (start, end) => found.push(text.slice(start, end)));
  return found;
};

describe('the shapes', () => {
  it('are many, each with an id that may stand in a mask and with its source', () => {
    expect(shapeRules.length).toBeGreaterThan(40);
    for (const { id, source } of shapeRules) {
      expect(id).toMatch(/^[a-z0-9-]{1,40}$/);
      expect(source.length).toBeGreaterThan(10);
    }
  });

  describe.each(named)('%s', (_, rule) => {
    it('masks its example, and nothing but the secret in it', () => {
      const { text, secret } = marked(rule.example);
      expect(foundIn(text)).toContain(secret);
      expect(redact(text)).not.toContain(secret);
    });

    it('leaves its counterexample as it is', () => {
      expect(redact(rule.counterexample)).toBe(rule.counterexample);
    });

    it('has one of its hints in its example', () => {
      const { text } = marked(rule.example);
      expect(rule.hints.length === 0 || rule.hints.some((hint) => text.includes(hint))).toBe(true);
    });

    it('finds its example after the escapes of JSON and of URLs, and at both ends of a text', () => {
      const { text, secret } = marked(rule.example);
      for (const before of ['\\n', '\\t', '%20', '%3D', '\\u003d']) {
        expect(redact(`${before}${text}`)).not.toContain(secret);
        if (rule.pattern.source.startsWith('(')) continue;
        expect(redact(`${rule.hints[0] ?? ''} ${before}${secret}`)).not.toContain(secret);
      }
    });
  });
});
