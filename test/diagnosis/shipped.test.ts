import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkPatterns } from '../../src/diagnosis/check.ts';
import { compileNative, compilePattern, indexPatterns } from '../../src/diagnosis/compile.ts';
import { makeDiagnoser } from '../../src/diagnosis/diagnoser.ts';
import { outputOf } from '../../src/diagnosis/index.ts';
import { buildPatterns, readPatternFiles } from '../../src/diagnosis/pattern-files.ts';
import { readShippedPatterns } from '../../src/diagnosis/shipped.ts';
import { diagnosisClasses } from '../../src/model/terms.ts';
import { packageFile } from '../../src/package-root.ts';
import { diagnoser, now } from './support.ts';

const patterns = readShippedPatterns();
const folder = packageFile('memory/patterns');

describe('the shipped patterns', () => {
  it('stand in one file per class, under that class', () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
    expect(files.map((file) => basename(file, '.yaml')).sort()).toEqual(
      diagnosisClasses.filter((name) => name !== 'none' && name !== 'unrecognised').sort(),
    );
    for (const file of files) {
      const { patterns: own } = parse(readFileSync(join(folder, file), 'utf8')) as {
        patterns: { id: string; class: string }[];
      };
      expect(own.filter(({ class: of }) => of !== basename(file, '.yaml')).map(({ id }) => id)).toEqual([]);
    }
  });

  it('say what has happened, and have examples', () => {
    expect(
      patterns.filter(({ cause, examples }) => cause === undefined || examples.length === 0).map(({ id }) => id),
    ).toEqual([]);
  });

  it('match their examples and not their counterexamples', () => {
    const problems = checkPatterns(patterns, compileNative).filter(({ message }) => !message.includes('both claim'));
    expect(problems).toEqual([]);
  });

  it.each(patterns.flatMap(({ id, class: of, examples }) => examples.map((text) => [id, text, of] as const)))(
    '%s decides on %j',
    (id, text, of) => {
      const { class: said, pattern, fixes } = diagnoser.diagnose(outputOf('tool', 'exception', text));
      expect(said).toBe(of);
      if (!pattern.startsWith('http.')) expect(pattern).toBe(id);
      if (of === 'usage') expect(fixes).toEqual([]);
    },
  );

  it('have examples that pass the gate for healthy values only where they are no failures as results', () => {
    const missed = patterns
      .flatMap(({ examples }) => examples)
      .filter((text) => diagnoser.looksHealthy(text) && diagnoser.diagnose(outputOf('tool', 'result', text)).failure);
    expect(missed).toEqual([]);
  });

  it('ask for no edge of a word beside a letter beyond ASCII, where the engine sees none', () => {
    const edges = /\\b(?:\(\?:|\()?[^\0-\x7f]|[^\0-\x7f]\\b/;
    expect(patterns.flatMap(({ text = [] }) => text.filter((one) => edges.test(one)))).toEqual([]);
  });

  it('propose no fix for a missing permission, a certificate or a mistake of the caller', () => {
    const untouchable = patterns.filter(
      ({ class: of, subclass }) =>
        of === 'usage' || ['forbidden', 'insufficient_scope', 'tls'].includes(subclass ?? ''),
    );
    expect(untouchable.length).toBeGreaterThan(10);
    expect(untouchable.filter(({ fix }) => fix.length > 0).map(({ id }) => id)).toEqual([]);
  });
});

describe('the patterns that the build writes as JSON', () => {
  const built = JSON.parse(JSON.stringify(buildPatterns())) as ReturnType<typeof buildPatterns>;

  it('are those of the pattern files', () => {
    expect(built.patterns).toEqual(readPatternFiles());
  });

  it('find the same in their examples as the files themselves', () => {
    const set = indexPatterns(readPatternFiles().map((pattern) => compilePattern(pattern, compileNative)));
    const fromFiles = makeDiagnoser({ redact: (text) => text, shipped: () => set, now: () => now });
    for (const text of patterns.flatMap(({ examples, counterexamples }) => [...examples, ...counterexamples])) {
      for (const channel of ['result', 'exception'] as const) {
        const output = outputOf('tool', channel, text);
        expect(fromFiles.diagnose(output)).toEqual(diagnoser.diagnose(output));
      }
    }
  });
});
