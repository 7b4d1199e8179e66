import { chart, toMermaid, toSvg } from '../../machines/index.ts';

const formats: Readonly<Record<string, (drawn: typeof chart) => string>> = { mermaid: toMermaid, svg: toSvg };

/** Writes the chart of a healing run to standard output, as Mermaid text or as an SVG; resolves with the exit code. */
export const graph = async ({ format }: { readonly format: string }): Promise<number> => {
  const draw = Object.hasOwn(formats, format) ? formats[format] : undefined;
  if (!draw) {
    process.stderr.write(
      `healflow: unknown format ${JSON.stringify(format)}; there are ${Object.keys(formats).join(' and ')}\n`,
    );
    return 2;
  }
  process.stdout.write(draw(chart));
  return 0;
};
