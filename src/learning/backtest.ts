import { createDiagnoser, outputOf, type Pattern } from '../diagnosis/index.ts';
import { scanned } from '../diagnosis/scan.ts';
import { readShippedPatterns } from '../diagnosis/shipped.ts';
import { compileLinear } from '../diagnosis/user-patterns.ts';
import { readEventBatches } from '../event-log/read.ts';
import type { DamagedRange } from '../event-log/record-splitter.ts';
import { anyGlobTest } from '../policy/glob.ts';
import { detached } from '../text/detach.ts';
import { shortLine } from '../text/one-line.ts';
import { healthySamples } from './healthy-samples.ts';
import { signatureOf } from './signature.ts';
import { createUnfixableTest } from './unfixable.ts';

/** The part of a pattern that decides what it matches. */
export type TestedPattern = Pick<Pattern, 'id' | 'text' | 'tools' | 'examples' | 'counterexamples'>;

/** A text that the pattern must not match, or must. */
export interface FalseMatch {
  /**
   * `healthy`: it matches a text without a failure · `counterexample`: it matches one of its own · `example`: it does not match
   * one of its own · `unfixable`: it matches a failure in the log that no fix can repair, such as wrong arguments.
   */
  readonly kind: 'healthy' | 'counterexample' | 'example' | 'unfixable';
  /** The text, shortened. */
  readonly text: string;
  /** Where it is from. */
  readonly source: string;
}

/** Failures of one signature that the pattern matches. */
export interface MatchedSignature {
  readonly id: string;
  readonly line: string;
  readonly seen: number;
}

export interface Backtest {
  readonly pattern: string;
  /** The failures in the log: how many there are, how many the pattern matches, and in how many of those an example has the same signature. */
  readonly log: { readonly of: number; readonly matched: number; readonly own: number };
  /** The signatures that it matches, the most frequent first; at most 50. */
  readonly signatures: readonly MatchedSignature[];
  /** What recognised the failures that it matches, by pattern: it would have taken their diagnosis, unless a user's pattern did. */
  readonly taken: Readonly<Record<string, number>>;
  readonly healthy: { readonly of: number; readonly matched: number };
  /** All of them together; empty if the pattern passes. */
  readonly falseMatches: readonly FalseMatch[];
  /** How many false matches there are; more than are listed if there are very many. */
  readonly falseCount: number;
}

export interface Sample {
  readonly text: string;
  readonly source: string;
}

export interface BacktestOptions {
  readonly memoryDir: string;
  readonly patterns: readonly TestedPattern[];
  /** The user's own patterns, which are asked first. */
  readonly userPatterns?: readonly Pattern[] | undefined;
  /** More texts without a failure. */
  readonly healthy?: AsyncIterable<Sample> | Iterable<Sample> | undefined;
  readonly onDamage?: ((damage: DamagedRange) => void) | undefined;
}

const maxListed = 50;
const maxSignatures = 2_000;
const maxTaken = 200;
const maxShown = 160;

const count = (counts: Map<string, number>, name: string, max: number): void => {
  const known = counts.get(name);
  if (known !== undefined) counts.set(name, known + 1);
  else if (counts.size < max) counts.set(detached(name), 1);
};

/** One pattern under test. */
class PatternTest {
  readonly #pattern: TestedPattern;
  readonly #find: (text: string) => boolean;
  readonly #isFor: (tool: string) => boolean;
  readonly #own: ReadonlySet<string>;
  readonly #signatures = new Map<string, number>();
  readonly #lines = new Map<string, string>();
  readonly #taken = new Map<string, number>();
  readonly #false: FalseMatch[] = [];
  #falseCount = 0;
  #failures = 0;
  #matched = 0;
  #matchedOwn = 0;
  #healthy = 0;
  #matchedHealthy = 0;

  constructor(pattern: TestedPattern) {
    this.#pattern = pattern;
    const find = compileLinear(pattern.text ?? []);
    this.#find = (text) => find(scanned(text)) !== null;
    this.#isFor = anyGlobTest(pattern.tools);
    this.#own = new Set(pattern.examples.map((example) => signatureOf(example).id));
    for (const text of pattern.examples) if (!this.#find(text)) this.#addFalse('example', { text, source: 'examples' });
    for (const text of pattern.counterexamples) {
      if (this.#find(text)) this.#addFalse('counterexample', { text, source: 'counterexamples' });
    }
  }

  addFailure(error: string, tool: string, takenFrom: string, isUnfixable: boolean): void {
    this.#failures += 1;
    if (!this.#isFor(tool) || !this.#find(error)) return;
    this.#matched += 1;
    const { id, line } = signatureOf(error);
    if (this.#own.has(id)) this.#matchedOwn += 1;
    count(this.#signatures, id, maxSignatures);
    if (this.#signatures.has(id) && !this.#lines.has(id)) this.#lines.set(id, detached(line));
    count(this.#taken, takenFrom, maxTaken);
    if (isUnfixable) this.#addFalse('unfixable', { text: error, source: `the log, by ${tool}` });
  }

  addHealthy(sample: Sample): void {
    this.#healthy += 1;
    if (!this.#find(sample.text)) return;
    this.#matchedHealthy += 1;
    this.#addFalse('healthy', sample);
  }

  get result(): Backtest {
    const byCount = (counts: Map<string, number>) => [...counts].sort(([, a], [, b]) => b - a);
    return {
      pattern: this.#pattern.id,
      log: { of: this.#failures, matched: this.#matched, own: this.#matchedOwn },
      signatures: byCount(this.#signatures)
        .slice(0, maxListed)
        .map(([id, seen]) => ({ id, line: this.#lines.get(id) ?? '', seen })),
      taken: Object.fromEntries(byCount(this.#taken)),
      healthy: { of: this.#healthy, matched: this.#matchedHealthy },
      falseMatches: this.#false,
      falseCount: this.#falseCount,
    };
  }

  #addFalse(kind: FalseMatch['kind'], { text, source }: Sample): void {
    this.#falseCount += 1;
    if (this.#false.length < maxListed) this.#false.push({ kind, text: shortLine(text, maxShown), source });
  }
}

/** The samples that ship with healflow: its own, and the counterexamples of its patterns that are no failures. */
function* shippedSamples(): Generator<Sample> {
  for (const text of healthySamples) yield { text, source: 'the samples of healflow' };
  const diagnoser = createDiagnoser({ redact: (text) => text });
  for (const { id, counterexamples } of readShippedPatterns()) {
    for (const text of counterexamples) {
      if (!diagnoser.diagnose(outputOf('tool', 'result', text)).failure)
        yield { text, source: `counterexamples of ${id}` };
    }
  }
}

/**
 * Tries patterns on everything that is known: the failures in the log, texts without a failure, and their own examples and
 * counterexamples. Each is read once, in pieces.
 *
 * @throws if an expression is not valid in RE2, or if a file cannot be read.
 */
export const backtest = async (options: BacktestOptions): Promise<readonly Backtest[]> => {
  const { memoryDir, patterns, userPatterns = [], healthy = [], onDamage } = options;
  const tests = patterns.map((pattern) => new PatternTest(pattern));
  const isUnfixable = createUnfixableTest(userPatterns);
  for (const sample of shippedSamples()) for (const test of tests) test.addHealthy(sample);
  for await (const sample of healthy) for (const test of tests) test.addHealthy(sample);
  for await (const batch of readEventBatches(memoryDir, onDamage === undefined ? {} : { onDamage })) {
    for (const event of batch) {
      const { error, tool, pattern } = event;
      if (error === null) continue;
      for (const test of tests) test.addFailure(error, tool, pattern ?? 'unrecognised', isUnfixable(event));
    }
  }
  return tests.map(({ result }) => result);
};
