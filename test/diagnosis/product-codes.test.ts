import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { outputOf } from '../../src/diagnosis/index.ts';
import { diagnoser } from './support.ts';

/** Each line: class | `fix`, `none` or `any` | whether it can have taken effect: `no`, `maybe` or `any` | the text. */
const rows = readFileSync(new URL('product-codes.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => {
    const [of = '', fix = '', delivered = '', ...text] = line.split('|');
    return { of, fix, delivered, text: text.join('|') };
  });

describe('the codes of products', () => {
  it('are many', () => {
    expect(rows.length).toBeGreaterThan(180);
  });

  it.each(rows)('are $of: $text', ({ of, fix, delivered, text }) => {
    const diagnosis = diagnoser.diagnose(outputOf('tool', 'isError', text));
    expect(diagnosis).toMatchObject({ failure: true, class: of });
    if (fix !== 'any') expect(diagnosis.fixes.length > 0).toBe(fix === 'fix');
    if (delivered === 'maybe') expect(diagnosis.delivered).toBe('maybe');
  });

  it.each(['10061 rows', 'Errno 111 is explained below', 'ticket ORA-12541 closed', 'Msg 229, Level 3 of the game'])(
    'make no failure of %s',
    (text) => {
      expect(diagnoser.diagnose(outputOf('tool', 'result', text))).toMatchObject({ failure: false });
    },
  );
});
