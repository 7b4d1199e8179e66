import { chart, toMermaid, toSvg } from '../../machines/index.ts';
import type { GraphFormat } from './graph-formats.ts';

const formats: Readonly<Record<GraphFormat, (drawn: typeof chart) => string>> = {
  mermaid: toMermaid,
  svg: toSvg,
  json: (drawn) => `${JSON.stringify(drawn)}\n`,
};

/** Writes the chart of a healing run to standard output as Mermaid, SVG or JSON; resolves with the exit code. */
export const graph = async (options: { readonly format: GraphFormat; readonly json?: boolean }): Promise<number> => {
  const format = options.json === true ? 'json' : options.format;
  process.stdout.write(formats[format](chart));
  return 0;
};
