import type { Chart, ChartArrow } from './chart.ts';

const arrowLine = ({ from, to, label }: ChartArrow): string => `    ${from} --> ${to}${label && `: ${label}`}`;

/** Draws a chart as a Mermaid state diagram. */
export const toMermaid = ({ states, arrows }: Chart): string =>
  [
    'stateDiagram-v2',
    ...states.map(({ name, description }) => `    ${name}: ${name}<br/>${description}`),
    ...arrows.map(arrowLine),
    '',
  ].join('\n');
