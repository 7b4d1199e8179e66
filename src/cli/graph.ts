import { chart, toMermaid, toSvg } from '../../machines/index.ts';

const formats: Readonly<Record<string, (drawn: typeof chart) => string>> = {
  mermaid: toMermaid,
  svg: toSvg,
  json: (drawn) => `${JSON.stringify(drawn)}\n`,
};

/** Writes the chart of a healing run to standard output, as Mermaid text, as an SVG or as data; resolves with the exit code. */
export const graph = async (options: { readonly format: string; readonly json?: boolean }): Promise<number> => {
  const format = options.json === true ? 'json' : options.format;
  const draw = Object.hasOwn(formats, format) ? formats[format] : undefined;
  if (!draw) {
    process.stderr.write(
      `healflow: unknown format ${JSON.stringify(format)}; there are ${Object.keys(formats).join(', ')}\n`,
    );
    return 2;
  }
  process.stdout.write(draw(chart));
  return 0;
};
