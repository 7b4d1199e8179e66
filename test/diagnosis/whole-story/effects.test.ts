import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { outputOf } from '../../../src/diagnosis/index.ts';
import { diagnoser } from '../support.ts';

interface Row {
  readonly id: string;
  readonly tool: string;
  readonly text: string;
  readonly channel: 'result' | 'isError' | 'exception';
  readonly class: string;
  /** Something took effect, or may have taken effect, before the failure that is named last. */
  readonly ambiguous_execution: boolean;
}

const rows = readFileSync(new URL('effects.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);

const diagnosisOf = ({ tool, channel, text }: Row) => diagnoser.diagnose(outputOf(tool, channel, text));
const isHealed = (row: Row): boolean => {
  const { delivered, fixes } = diagnosisOf(row);
  return delivered === 'no' && fixes.length > 0;
};

describe('reports of what already happened', () => {
  const partial = rows.filter((row) => row.ambiguous_execution);
  const whole = rows.filter((row) => !row.ambiguous_execution && /^(?:auth|network|rate)$/.test(row.class));
  const healthy = rows.filter((row) => row.class === 'none');

  it('are many', () => {
    expect(rows.length).toBeGreaterThan(500);
    expect(partial.length).toBeGreaterThan(300);
    expect(whole.length).toBeGreaterThan(300);
  });

  it('never say that a call had no effect if a step of it did or may have', () => {
    expect(partial.filter((row) => diagnosisOf(row).delivered === 'no')).toEqual([]);
  }, 120_000);

  it('say in at least 90 % of the reports of nothing but a failure that the call had no effect', () => {
    expect(whole.filter(isHealed).length / whole.length).toBeGreaterThanOrEqual(0.9);
  });

  it('are no failures if they report trouble as data', () => {
    expect(healthy.filter((row) => diagnosisOf(row).failure)).toEqual([]);
  });
});
