import { httpBackend } from '../backend.ts';
import { peer } from '../install.ts';
import type { Server } from '../server.ts';

export const context7: Server = {
  name: 'Context7',
  package: '@upstash/context7-mcp',
  command: () => [process.execPath, peer('@upstash/context7-mcp/dist/index.js')],
  env: ({ url, token }) => ({ CONTEXT7_API_URL: url, CONTEXT7_API_KEY: token }),
  read: {
    name: 'resolve-library-id',
    arguments: { query: 'hooks', libraryName: 'tea' },
    healthy: /ID: \/tea\/pot/,
  },
  login: { fix: 'token_refresh', deliver: { env: 'CONTEXT7_API_KEY' } },
  token: (n) => `ctx7sk-token-${n}`,
  backend: httpBackend({
    healthy: () => ({
      results: [{ id: '/tea/pot', title: 'Tea', description: 'd', totalSnippets: 1, trustScore: 9 }],
    }),
  }),
};
