import { type Chart, type ChartArrow, type ChartState, labelLines, linePath } from './chart.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character] ?? '');

interface Palette {
  readonly ground: string;
  readonly ink: string;
  readonly quiet: string;
  readonly box: string;
  readonly edge: string;
  readonly work: string;
  readonly good: string;
  readonly bad: string;
  readonly added: string;
}

const light: Palette = {
  ground: '#ffffff',
  ink: '#1f2328',
  quiet: '#59636e',
  box: '#f6f8fa',
  edge: '#afb8c1',
  work: '#0969da',
  good: '#1a7f37',
  bad: '#cf222e',
  added: '#8250df',
};

const dark: Palette = {
  ground: '#0d1117',
  ink: '#f0f6fc',
  quiet: '#9198a1',
  box: '#151b23',
  edge: '#59636e',
  work: '#4493f8',
  good: '#3fb950',
  bad: '#f85149',
  added: '#ab7df8',
};

// Written out for both palettes, as some viewers of SVG know no CSS variables.
const colours = ({ ground, ink, quiet, box, edge, work, good, bad, added }: Palette): string => `
  .ground { fill: ${ground} }
  .name { fill: ${ink} }
  .says, .label, .tip, .dot { fill: ${quiet} }
  .line, .ring { fill: none; stroke: ${quiet} }
  .box { fill: ${box}; stroke: ${edge} }
  .service .box { stroke: ${work} }
  .Success .box { stroke: ${good} }
  .NoFix .box { stroke: ${bad} }
  .added .line { stroke: ${added} }
  .added .label, .added-tip { fill: ${added} }`;

const style = `
  text { font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif }
  .name { font-size: 15px; font-weight: 600; text-anchor: middle }
  .says { font-size: 12.5px; text-anchor: middle }
  .label { font-size: 12.5px }
  .box, .line, .ring { stroke-width: 1.5px }
  .added .line { stroke-dasharray: 6 4 }${colours(light)}
  @media (prefers-color-scheme: dark) {${colours(dark)}
  }
`;

const arrowGroup = (arrow: ChartArrow): string => {
  const { from, to, label, added, points, labelAt } = arrow;
  const text = labelLines(arrow)
    .map((line, index) => `<tspan x="${labelAt.x}" dy="${index === 0 ? 0 : 14}">${escaped(line)}</tspan>`)
    .join('');
  return [
    `<g class="arrow${added ? ' added' : ''}" data-from="${from}" data-to="${to}">`,
    `<path class="line" d="${linePath(points)}" marker-end="url(#${added ? 'added-tip' : 'tip'})"/>`,
    label && `<text class="label" x="${labelAt.x}" y="${labelAt.y}" text-anchor="${labelAt.anchor}">${text}</text>`,
    '</g>',
  ].join('');
};

const stateGroup = ({ name, description, kind, x, y, width, height }: ChartState): string => {
  const center = x + width / 2;
  return [
    `<g class="state ${kind} ${name}" data-state="${name}">`,
    `<rect class="box" x="${x}" y="${y}" width="${width}" height="${height}" rx="10"/>`,
    `<text class="name" x="${center}" y="${y + height / 2 - 3}">${name}</text>`,
    `<text class="says" x="${center}" y="${y + height / 2 + 16}">${escaped(description)}</text>`,
    '</g>',
  ].join('');
};

const marker = (id: string): string =>
  `<marker id="${id}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path class="${id}" d="M0 0L10 5L0 10z"/></marker>`;

const outside = ({ from, to, points }: ChartArrow): string => {
  if (from === '[*]') return points[0] ? `<circle class="dot" cx="${points[0][0]}" cy="${points[0][1]}" r="8"/>` : '';
  const end = points.at(-1);
  if (to !== '[*]' || !end) return '';
  const [x, y] = [end[0] + 10, end[1]];
  return `<circle class="ring" cx="${x}" cy="${y}" r="10"/><circle class="dot" cx="${x}" cy="${y}" r="5"/>`;
};

const spoken = ({ states, arrows }: Chart): string =>
  `${states.length} states. ${arrows
    .map(({ from, to, label }) => {
      const says = label && ` (${label})`;
      if (from === '[*]') return `Begins in ${to}${says}.`;
      return to === '[*]' ? `Ends after ${from}${says}.` : `${from} to ${to}${says}.`;
    })
    .join(' ')}`;

/** Draws a chart as one static SVG that fits a light and a dark page. */
export const toSvg = (chart: Chart): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 ${chart.width} ${chart.height}" width="${chart.width}" height="${chart.height}" role="img" aria-labelledby="chart-title chart-description">`,
    '<title id="chart-title">The chart of a healing run</title>',
    `<desc id="chart-description">${escaped(spoken(chart))}</desc>`,
    `<style>${style}</style>`,
    `<defs>${marker('tip')}${marker('added-tip')}</defs>`,
    `<rect class="ground" width="${chart.width}" height="${chart.height}" rx="12"/>`,
    ...chart.arrows.map(arrowGroup),
    ...chart.arrows.map(outside),
    ...chart.states.map(stateGroup),
    '</svg>',
    '',
  ]
    .filter((line, index, lines) => line !== '' || index === lines.length - 1)
    .join('\n');
