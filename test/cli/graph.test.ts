import { afterEach, describe, expect, it, vi } from 'vitest';
import { chart, toMermaid, toSvg } from '../../machines/index.ts';
import { graph } from '../../src/cli/graph.ts';

const written = (stream: NodeJS.WriteStream) => {
  const write = vi.spyOn(stream, 'write').mockReturnValue(true);
  return () => write.mock.calls.map(([text]) => String(text)).join('');
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('healflow graph', () => {
  it.each([
    ['mermaid', toMermaid(chart)],
    ['svg', toSvg(chart)],
    ['json', `${JSON.stringify(chart)}\n`],
  ] as const)('writes the chart as %s to standard output', async (format, text) => {
    const [out, err] = [written(process.stdout), written(process.stderr)];
    expect(await graph({ format })).toBe(0);
    expect(out()).toBe(text);
    expect(err()).toBe('');
  });
});
