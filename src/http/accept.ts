/** The content types that a client accepts. */
export interface Accepts {
  readonly stream: boolean;
  readonly json: boolean;
}

const rangesOf = (header: string): string[] =>
  header
    .split(',')
    .filter((range) => !/;\s*q=0(\.0*)?\s*(;|$)/i.test(range))
    .map((range) => (range.split(';')[0] ?? '').trim().toLowerCase());

/** Reads an Accept header. Only a client that names event streams gets one; wildcards for everything mean JSON. */
export const readAccept = (header: string | undefined): Accepts => {
  if (header === undefined || header.trim() === '') return { stream: false, json: true };
  const ranges = rangesOf(header);
  return {
    stream: ranges.some((range) => range === 'text/event-stream' || range === 'text/*'),
    json: ranges.some((range) => range === 'application/json' || range === 'application/*' || range === '*/*'),
  };
};

/** Whether a Content-Type is JSON, whatever its parameters are. */
export const isJsonType = (header: string | undefined): boolean =>
  header !== undefined && (header.split(';')[0] ?? '').trim().toLowerCase() === 'application/json';
