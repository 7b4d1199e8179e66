import { httpBackend } from '../backend.ts';
import { peer } from '../install.ts';
import type { Server } from '../server.ts';

export const firecrawl: Server = {
  name: 'Firecrawl',
  package: 'firecrawl-mcp',
  command: () => [process.execPath, peer('firecrawl-mcp/dist/index.js')],
  env: ({ url, token }) => ({ FIRECRAWL_API_URL: url, FIRECRAWL_API_KEY: token }),
  read: { name: 'firecrawl_map', arguments: { url: 'https://tea.example' }, healthy: /tea\.example\/pot/ },
  write: { name: 'firecrawl_monitor_run', arguments: { id: 'm' }, healthy: /"id": "run"/, unclear: /fetch failed$/ },
  login: { fix: 'token_refresh', deliver: { env: 'FIRECRAWL_API_KEY' } },
  token: (n) => `fc-token-${n}`,
  backend: httpBackend({
    healthy: ({ url }) =>
      url.endsWith('/run')
        ? { success: true, data: { id: 'run' } }
        : { success: true, links: [{ url: 'https://tea.example/pot' }] },
    writes: ({ url }) => url.endsWith('/run'),
    failed: (status) => ({ success: false, error: status === 401 ? 'Unauthorized: Invalid token' : undefined }),
  }),
};
