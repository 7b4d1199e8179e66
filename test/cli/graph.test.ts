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
  ])('writes the chart as %s to standard output', async (format, text) => {
    const [out, err] = [written(process.stdout), written(process.stderr)];
    expect(await graph({ format })).toBe(0);
    expect(out()).toBe(text);
    expect(err()).toBe('');
  });

  it.each(['png', '', 'toString', '__proto__', 'SVG\n'])(
    'refuses the format %j and names those there are',
    async (format) => {
      const [out, err] = [written(process.stdout), written(process.stderr)];
      expect(await graph({ format })).toBe(2);
      expect(out()).toBe('');
      expect(err()).toBe(`healflow: unknown format ${JSON.stringify(format)}; there are mermaid, svg, json\n`);
    },
  );
});
