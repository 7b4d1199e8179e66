/** The formats in which `healflow graph` writes the chart. */
export const graphFormats = ['mermaid', 'svg', 'json'] as const;
export type GraphFormat = (typeof graphFormats)[number];
