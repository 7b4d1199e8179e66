import { httpBackend } from '../backend.ts';
import { peer } from '../install.ts';
import type { Server } from '../server.ts';

export const circleci: Server = {
  name: 'CircleCI',
  package: '@circleci/mcp-server-circleci',
  command: () => [process.execPath, peer('@circleci/mcp-server-circleci/dist/index.js')],
  env: ({ url, token }) => ({ CIRCLECI_BASE_URL: url, CIRCLECI_TOKEN: token, DISABLE_TELEMETRY: 'true' }),
  read: { name: 'list_followed_projects', arguments: { params: {} }, healthy: /gh\/tea\/pot/ },
  login: { fix: 'token_refresh', deliver: { env: 'CIRCLECI_TOKEN' } },
  backend: httpBackend({
    healthy: () => ({
      items: [{ slug: 'gh/tea/pot', name: 'pot', vcs_type: 'github', username: 'tea', reponame: 'pot' }],
      next_page_token: null,
    }),
  }),
};
