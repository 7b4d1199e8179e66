import { httpBackend } from '../backend.ts';
import { peer } from '../install.ts';
import type { Server } from '../server.ts';

const author = { id: 1, name: 'A', username: 'a', state: 'active', avatar_url: null, web_url: 'http://git.example/a' };
const issue = {
  ...{ id: 1, iid: 1, project_id: 7, title: 'Tea', description: null, state: 'opened', author, assignees: [] },
  ...{ labels: [], milestone: null, created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' },
  ...{ closed_at: null, web_url: 'http://git.example/tea/pot/-/issues/1' },
};
const project = {
  ...{ id: 7, name: 'pot', path_with_namespace: 'tea/pot', web_url: 'http://git.example/tea/pot', description: null },
  ...{ visibility: 'private', default_branch: 'main' },
};

export const gitlab: Server = {
  name: 'GitLab',
  package: '@zereight/mcp-gitlab',
  command: () => [process.execPath, peer('@zereight/mcp-gitlab/build/index.js')],
  env: ({ url, token }) => ({ GITLAB_API_URL: `${url}/api/v4`, GITLAB_PERSONAL_ACCESS_TOKEN: token }),
  read: { name: 'get_project', arguments: { project_id: '7' }, healthy: /"name":"pot"/ },
  write: {
    name: 'create_issue',
    arguments: { project_id: '7', title: 'Tea' },
    healthy: /"title":"Tea"/,
    unclear: /fetch failed$/,
  },
  login: { fix: 'token_refresh', deliver: { env: 'GITLAB_PERSONAL_ACCESS_TOKEN' } },
  token: (n) => `glpat-token-${n}`,
  backend: httpBackend({
    healthy: ({ method }) => (method === 'POST' ? issue : project),
    writes: ({ method }) => method === 'POST',
  }),
};
