import { httpBackend } from '../backend.ts';
import { peer } from '../install.ts';
import type { Server } from '../server.ts';

export const searxng: Server = {
  name: 'SearXNG',
  package: 'mcp-searxng',
  short: true,
  command: () => [process.execPath, peer('mcp-searxng/dist/cli.js')],
  env: ({ url, token }) => ({
    SEARXNG_URL: url,
    AUTH_USERNAME: 'reader',
    AUTH_PASSWORD: token,
    SEARCH_CACHE_TTL_MS: '1',
  }),
  read: { name: 'searxng_web_search', arguments: { query: 'tea' }, healthy: /URL: http/ },
  login: { fix: 'token_refresh', deliver: { env: 'AUTH_PASSWORD' } },
  backend: httpBackend({
    healthy: () => ({ results: [{ title: 'Tea', content: 'leaves', url: 'http://tea.example/1', score: 1 }] }),
    loginIn: ({ headers }) => Buffer.from((headers.authorization ?? '').replace('Basic ', ''), 'base64').toString(),
  }),
};
