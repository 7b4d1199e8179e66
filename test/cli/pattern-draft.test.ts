import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { patternDraft } from '../../src/cli/pattern-draft.ts';
import { patternSchema } from '../../src/diagnosis/index.ts';
import { oneLine } from '../../src/text/one-line.ts';

fc.configureGlobal({ seed: 20_260_204 });

const drafted = (line: string) => {
  const [pattern] = parse(patternDraft('my tool/x', line).join('\n')).patterns;
  return patternSchema.parse(pattern);
};

describe('a drafted pattern', () => {
  it('is valid YAML and RE2, matches its text, and proposes nothing, whatever the text', () => {
    fc.assert(
      fc.property(
        fc
          .oneof(fc.string({ maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 300 }))
          .map((text) => oneLine(text).trim()),
        (line) => {
          fc.pre(line !== '');
          const { id, class: of, fix, text, examples } = drafted(line);
          expect(id).toMatch(/^my_tool_x\.\w+$/);
          expect([of, fix, examples]).toEqual(['usage', [], [line]]);
          expect(
            RE2JS.compile(text?.[0] ?? '', RE2JS.CASE_INSENSITIVE)
              .matcher(line)
              .find(),
          ).toBe(true);
        },
      ),
      { seed: 20_261_130, numRuns: 500 },
    );
  });

  it('names no data of the one occurrence', () => {
    const { text } = drafted(
      `upload of "a.txt" by jo@example.com to /srv/data/x.bin failed: id 5f2c9a1b7d, 12 of 30 parts, key [redacted:token] (see https://x.example/1)`,
    );
    expect(text).toEqual([
      String.raw`upload of "[^"]*" by \S+ to \S+ failed: id \S+, [\d.:]+ of [\d.:]+ parts, key \S+ \(see \S+\)`,
    ]);
  });

  it('is cut between words', () => {
    const [text = ''] = drafted('word '.repeat(60).trim()).text ?? [];
    expect(text.length).toBeLessThanOrEqual(125);
    expect(text).toMatch(/word$/);
  });
});
