import { describe, expect, it } from 'vitest';
import { checkPatterns, createDiagnoser, type Pattern, patternSchema } from '../../src/diagnosis/index.ts';

const pattern = (members: object): Pattern => patternSchema.parse({ id: 'mine', class: 'auth', ...members });

describe('checking patterns', () => {
  it('finds nothing wrong with a pattern that keeps its promises', () => {
    expect(
      checkPatterns([
        pattern({ text: 'licen[cs]e expired', examples: ['License expired'], counterexamples: ['license'] }),
      ]),
    ).toEqual([]);
  });

  it('places what is not a valid expression within it', () => {
    const offsets = checkPatterns([
      pattern({ id: 'a', text: 'a(b(c)' }),
      pattern({ id: 'b', text: ['fine', 'x[z-a]'] }),
      pattern({ id: 'c', text: 'ab(?=c)' }),
      pattern({ id: 'd', text: '(a)\\1' }),
    ]).map(({ patternId, path, offset }) => ({ patternId, path, offset }));
    expect(offsets).toEqual([
      { patternId: 'a', path: ['text'], offset: 1 },
      { patternId: 'b', path: ['text', 1], offset: 2 },
      { patternId: 'c', path: ['text'], offset: 2 },
      { patternId: 'd', path: ['text'], offset: 3 },
    ]);
  });

  it('refuses what takes long to compile, and places it: nested groups, and length', () => {
    const nested = (depth: number): string => `${'('.repeat(depth)}a${')*'.repeat(depth)}`;
    const quoted = `\\Q${'('.repeat(60)}\\E[${'('.repeat(60)}]${'\\('.repeat(60)}`;
    expect(checkPatterns([pattern({ id: 'a', text: [nested(50), quoted, 'a'.repeat(10_000)] })])).toEqual([]);
    expect(
      checkPatterns([
        pattern({ id: 'a', text: `a${nested(300)}` }),
        pattern({ id: 'b', text: ['fine', 'a'.repeat(10_001)] }),
      ]),
    ).toMatchObject([
      {
        path: ['text'],
        offset: 51,
        message: 'not a valid expression: groups are nested more than 50 deep; nest fewer',
      },
      { path: ['text', 1], offset: 10_000, message: expect.stringContaining('longer than 10000 characters') },
    ]);
  });

  it('names the example that does not match and the counterexample that does', () => {
    const problems = checkPatterns([
      pattern({ text: 'expired', examples: ['expired', 'gone'], counterexamples: ['fine', 'expired too'] }),
    ]);
    expect(problems.map(({ path }) => path)).toEqual([
      ['examples', 1],
      ['counterexamples', 1],
    ]);
  });

  it('runs examples against codes and statuses as well', () => {
    const mine = pattern({
      codes: 'E_LICENSE',
      statuses: 460,
      examples: ['{"error":{"code":"E_LICENSE"}}', 'HTTP 460: no license'],
    });
    expect(checkPatterns([mine])).toEqual([]);
  });

  it('reports two patterns that claim the same example, unless one is tried first', () => {
    const first = pattern({ id: 'first', text: 'license', examples: ['license expired'] });
    const second = { id: 'second', text: 'expired$', examples: ['it expired'] };
    expect(checkPatterns([first, pattern(second)])).toMatchObject([
      { patternId: 'first', path: ['examples', 0], message: expect.stringContaining('"second"') },
    ]);
    expect(checkPatterns([first, pattern({ ...second, order: 'late' })])).toEqual([]);
  });

  it('reports an id that is taken', () => {
    expect(checkPatterns([pattern({ text: 'a' }), pattern({ text: 'b' })])).toMatchObject([{ index: 1, path: ['id'] }]);
  });
});

describe("a user's pattern", () => {
  const redact = (text: string): string => text.replaceAll('hunter2', '***');
  const mine = pattern({
    id: 'license',
    text: 'license (?:has )?expired',
    fix: 'token_refresh',
    phase: 'before_effect',
  });

  it('is tried before the shipped ones, and only where the text is an error', () => {
    const diagnoser = createDiagnoser({ redact, patterns: [mine] });
    const value = { isError: true, content: [{ type: 'text', text: '404: your license has expired' }] };
    expect(diagnoser.diagnose({ tool: 't', channel: 'result', value })).toMatchObject({
      pattern: 'license',
      class: 'auth',
      fixes: ['token_refresh'],
    });
    expect(
      diagnoser.diagnose({ tool: 't', channel: 'result', value: 'page 3: what to do when a license has expired' })
        .failure,
    ).toBe(false);
  });

  it('makes a text that begins with its match an error report where it says so', () => {
    const diagnoser = createDiagnoser({ redact, patterns: [{ ...mine, report: true }] });
    expect(diagnoser.diagnose({ tool: 't', channel: 'result', value: 'License expired.' })).toMatchObject({
      failure: true,
      pattern: 'license',
    });
  });

  it('applies to its tools only', () => {
    const diagnoser = createDiagnoser({ redact, patterns: [{ ...mine, tools: ['cad_*'] }] });
    const error = new Error('license expired');
    expect(diagnoser.diagnose({ tool: 'cad_open', channel: 'exception', error }).pattern).toBe('license');
    expect(diagnoser.diagnose({ tool: 'open', channel: 'exception', error }).pattern).not.toBe('license');
  });

  it('shows no secret in what it matched', () => {
    const diagnoser = createDiagnoser({ redact, patterns: [pattern({ id: 'login', text: 'password \\S+ refused' })] });
    const { evidence, summary } = diagnoser.diagnose({
      tool: 't',
      channel: 'exception',
      error: new Error('the password hunter2 refused'),
    });
    expect(evidence + summary).not.toContain('hunter2');
    expect(summary).toBe('the password *** refused');
  });
});
