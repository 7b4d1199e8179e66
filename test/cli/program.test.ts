import { describe, expect, it, vi } from 'vitest';
import { graph } from '../../src/cli/graph.ts';
import { runProgram } from '../../src/cli/program.ts';

vi.mock('../../src/cli/graph.ts', () => ({ graph: vi.fn(async () => 0) }));

/** Runs the program with these arguments; returns its exit code and output. */
const run = async (...args: string[]): Promise<{ code: unknown; out: string; err: string }> => {
  const [argv, exitCode] = [process.argv, process.exitCode];
  const [out, err] = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockReturnValue(true));
  const textOf = (spy = out): string => (spy?.mock.calls ?? []).map(([text]) => String(text)).join('');
  process.argv = ['node', 'healflow', ...args];
  try {
    await runProgram();
    return { code: process.exitCode, out: textOf(out), err: textOf(err) };
  } finally {
    out?.mockRestore();
    err?.mockRestore();
    process.argv = argv;
    process.exitCode = exitCode;
  }
};

describe('an option with fixed values', () => {
  it.each([
    ['explain', '--channel', ['result', 'isError', 'exception']],
    ['graph', '--format', ['mermaid', 'svg', 'json']],
    ['init', '--client', ['claude-desktop', 'claude-code', 'cursor', 'vscode']],
    ['init', '--launcher', ['npx', 'path']],
  ])('rejects other values: healflow %s %s', async (command, option, values) => {
    for (const value of ['frob', '', 'toString', '__proto__', `${values.at(0)}\n`, `${values.at(0)}`.toUpperCase()]) {
      const { code, out, err } = await run(command, option, value, ...(command === 'explain' ? ['text'] : []));
      expect({ code, out }, value).toEqual({ code: 2, out: '' });
      expect(err).toContain(`argument '${value}' is invalid. Allowed choices are ${values.join(', ')}.`);
    }
  });

  it('passes on an allowed value, or the default', async () => {
    await run('graph', '--format', 'svg');
    expect(vi.mocked(graph).mock.lastCall?.[0]).toEqual({ format: 'svg' });
    await run('graph');
    expect(vi.mocked(graph).mock.lastCall?.[0]).toEqual({ format: 'mermaid' });
  });

  it('shows its values in the help', async () => {
    const { code, out } = await run('graph', '--help');
    expect(code).toBe(0);
    expect(out.replace(/\s+/g, ' ')).toContain('(choices: "mermaid", "svg", "json", default: "mermaid")');
  });
});
