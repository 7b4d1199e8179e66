import { headerIn, type Pair } from '../../http/headers.ts';

/** The headers of a request of healflow's own: the client's, without what describes the client's own message. */
export const ownHeaders = (headers: readonly Pair[], method: string | undefined, name: string | undefined): Pair[] => {
  const own = headers.filter(([header]) => {
    const key = header.toLowerCase();
    return !key.startsWith('mcp-param-') && !ownNames.has(key);
  });
  const isStateless = headerIn(headers, 'mcp-method') !== undefined;
  return [
    ...own,
    ['Content-Type', 'application/json'],
    ['Accept', 'application/json, text/event-stream'],
    ...(isStateless && method !== undefined ? [['Mcp-Method', method] as const] : []),
    ...(isStateless && name !== undefined ? [['Mcp-Name', name] as const] : []),
  ];
};

const ownNames: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'content-type',
  'last-event-id',
  'mcp-method',
  'mcp-name',
]);
