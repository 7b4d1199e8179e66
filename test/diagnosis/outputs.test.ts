import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { outputOf } from '../../src/diagnosis/index.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import type { Channel, DiagnosisClass } from '../../src/model/terms.ts';
import { diagnoser } from './support.ts';

interface Row {
  readonly id: string;
  readonly tool: string;
  readonly channel: Channel;
  readonly class: DiagnosisClass;
  readonly subclass: string;
  /** Whether the call may have taken effect. */
  readonly ambiguous_execution: boolean;
  readonly retry_after_ms: number | null;
  readonly text: string;
}

const rows: readonly Row[] = readFileSync(new URL('outputs.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));
const answers: readonly (readonly [Row, Diagnosis])[] = rows.map((row) => [
  row,
  diagnoser.diagnose(outputOf(row.tool, row.channel, row.text)),
]);

/** No fix could fix these. */
const hopeless = new Set(['tls', 'quota', 'statement_timeout', 'missing_credentials', 'publickey', 'not_found']);
const untouchable = (row: Row): boolean =>
  row.class === 'none' ||
  row.class === 'usage' ||
  row.subclass === 'forbidden' ||
  row.subclass === 'insufficient_scope';

const share = (of: (row: Row) => boolean, hit: (row: Row, diagnosis: Diagnosis) => boolean): number => {
  const asked = answers.filter(([row]) => of(row));
  return asked.filter(([row, diagnosis]) => hit(row, diagnosis)).length / asked.length;
};

const wrong = (hit: (row: Row, diagnosis: Diagnosis) => boolean): string[] =>
  answers
    .filter(([row, diagnosis]) => hit(row, diagnosis))
    .map(
      ([row, { class: said, pattern }]) =>
        `${row.id} ${row.tool} ${row.class}, said ${said} by ${pattern}: ${row.text.slice(0, 60)}`,
    );

describe('the scored outputs', () => {
  it('are many, of every class and every channel, with hard healthy ones among them', () => {
    expect(rows.length).toBeGreaterThan(650);
    expect(new Set(rows.map((row) => row.class)).size).toBe(7);
    expect(new Set(rows.map((row) => row.channel)).size).toBe(3);
    expect(rows.filter((row) => row.class === 'none').length).toBeGreaterThan(100);
    expect(new Set(rows.map((row) => row.text + row.channel)).size).toBe(rows.length);
  });

  it('get their class in at least 97 of 100 cases', () => {
    expect(
      share(
        () => true,
        (row, diagnosis) => row.class === diagnosis.class,
      ),
    ).toBeGreaterThanOrEqual(0.97);
  });

  it('are found to be failures in at least 98 of 100 cases', () => {
    expect(
      share(
        (row) => row.class !== 'none',
        (_, { failure }) => failure,
      ),
    ).toBeGreaterThanOrEqual(0.98);
  });

  it('are never called failures where they are healthy', () => {
    expect(wrong((row, { failure }) => row.class === 'none' && failure)).toEqual([]);
  });

  it('get no fix where none may touch them', () => {
    expect(wrong((row, { fixes }) => untouchable(row) && fixes.length > 0)).toEqual([]);
  });

  it('get a fix where one could fix them, in at least 97 of 100 cases', () => {
    const mendable = (row: Row): boolean => !untouchable(row) && !hopeless.has(row.subclass);
    expect(share(mendable, (_, { fixes }) => fixes.length > 0)).toBeGreaterThanOrEqual(0.97);
  });

  it('are never said to be undelivered where they may have taken effect', () => {
    expect(wrong((row, { delivered }) => row.ambiguous_execution && delivered === 'no')).toEqual([]);
  });

  it('get exactly the wait that they ask for, and none where they ask for none', () => {
    expect(wrong((row, { retryAfterMs }) => row.retry_after_ms !== retryAfterMs)).toEqual([]);
  });

  it('pass the gate for healthy values, on any channel, only where a result of that text is no failure', () => {
    const missed = rows.filter(
      ({ tool, text }) => diagnoser.looksHealthy(text) && diagnoser.diagnose(outputOf(tool, 'result', text)).failure,
    );
    expect(missed.map(({ id, text }) => `${id}: ${text.slice(0, 60)}`)).toEqual([]);
  });
});
