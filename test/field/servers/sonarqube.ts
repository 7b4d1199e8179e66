import { httpBackend } from '../backend.ts';
import { peer } from '../install.ts';
import type { Server } from '../server.ts';

export const sonarqube: Server = {
  name: 'SonarQube',
  package: 'sonarqube-mcp-server',
  command: () => [process.execPath, peer('sonarqube-mcp-server/dist/index.js')],
  env: ({ url, token }) => ({ SONARQUBE_URL: url, SONARQUBE_TOKEN: token }),
  read: { name: 'projects', healthy: /"name": "Pot"/ },
  write: { name: 'addCommentToIssue', arguments: { issue_key: 'K', text: 'Tea' }, healthy: /Tea/ },
  login: { fix: 'token_refresh', deliver: { env: 'SONARQUBE_TOKEN' } },
  backend: httpBackend({
    healthy: ({ method }) =>
      method === 'POST'
        ? {
            issue: {
              key: 'K',
              comments: [{ key: 'c', login: 'a', markdown: 'Tea', htmlText: 'Tea', createdAt: 'now' }],
            },
          }
        : {
            components: [{ key: 'pot', name: 'Pot', qualifier: 'TRK', visibility: 'private' }],
            paging: { pageIndex: 1, pageSize: 10, total: 1 },
          },
    writes: ({ method }) => method === 'POST',
    failed: (status) => ({ errors: [{ msg: status === 401 ? 'Authentication is required' : `Error ${status}` }] }),
  }),
};
