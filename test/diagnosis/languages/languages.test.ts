import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { outputOf } from '../../../src/diagnosis/index.ts';
import { allStatements, errorOpening, languages } from '../../../src/diagnosis/languages/expressions.ts';
import { diagnoser } from '../support.ts';

interface Row {
  readonly language: string;
  readonly tool: string;
  readonly class?: string;
  /** Whether the text says no more than that the call failed before any effect. */
  readonly whole: boolean;
  readonly text: string;
}

const rows = readFileSync(new URL('rows.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);

const diagnosisOf = ({ tool, text }: Row, channel: 'isError' | 'result') =>
  diagnoser.diagnose(outputOf(tool, channel, text));

describe('failures in other languages', () => {
  const whole = rows.filter((row) => row.whole);

  it.each(whole.map((row) => [row.language, row.text, row] as const))('%s: %s', (_, __, row) => {
    const { class: of, delivered, fixes } = diagnosisOf(row, 'isError');
    expect({ of, delivered, isFixed: fixes.length > 0 }).toEqual({ of: row.class, delivered: 'no', isFixed: true });
  });

  it('are failures as results too, unless an address comes first', () => {
    const missed = whole.filter((row) => !/^\d/.test(row.text) && !diagnosisOf(row, 'result').failure);
    expect(missed).toEqual([]);
  });

  it('do not pass the gate for healthy values', () => {
    const passed = rows.filter((row) => diagnoser.looksHealthy(row.text) && diagnosisOf(row, 'result').failure);
    expect(passed.map(({ text }) => text)).toEqual([]);
  });

  it.each(rows.filter((row) => !row.whole).map((row) => [row.language, row.text, row] as const))(
    '%s, not the whole story: %s',
    (_, __, row) => {
      expect(diagnosisOf(row, 'isError').delivered).toBe('maybe');
    },
  );

  it('are the same in every language', () => {
    const kinds = ['refused', 'unknown', 'unconnected', 'login', 'limit', 'down', 'advice', 'error'] as const;
    for (const phrases of Object.values(languages)) {
      expect(kinds.filter((kind) => phrases[kind].length === 0)).toEqual([]);
    }
    expect(Object.keys(languages).sort()).toEqual([...new Set(rows.map(({ language }) => language))].sort());
  });

  it('leave the words of an effect alone', () => {
    const effects = [
      'Bestellung angelegt',
      'facture envoyée',
      'pedido creado',
      '注文を作成しました',
      '订单已创建',
      'заказ создан',
    ];
    for (const text of effects) {
      expect(
        allStatements()
          .filter((one) => text.search(one) !== -1)
          .map(String),
      ).toEqual([]);
      expect(errorOpening.test(text)).toBe(false);
    }
  });
});
