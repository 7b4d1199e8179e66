import { httpBackend } from '../backend.ts';
import { peer } from '../install.ts';
import type { Server } from '../server.ts';

const codes: Readonly<Record<number, readonly [code: string, message: string]>> = {
  401: ['unauthorized', 'API token is invalid.'],
  403: ['restricted_resource', 'Insufficient permissions for this endpoint.'],
  404: ['object_not_found', 'Could not find page with ID: 0a1b2c3d-0000-4000-8000-000000000001.'],
  429: ['rate_limited', 'You have been rate limited. Please try again in a few minutes.'],
  500: ['internal_server_error', 'Unexpected error occurred.'],
  503: ['service_unavailable', 'Notion is unavailable. Please try again later.'],
};

export const notion: Server = {
  name: 'Notion',
  package: '@notionhq/notion-mcp-server',
  command: () => [process.execPath, peer('@notionhq/notion-mcp-server/bin/cli.mjs')],
  env: ({ url, token }) => ({ BASE_URL: url, NOTION_TOKEN: token }),
  read: { name: 'API-get-self', healthy: /"object":"user"/ },
  write: {
    name: 'API-post-page',
    arguments: {
      parent: { page_id: '0a1b2c3d-0000-4000-8000-000000000001' },
      properties: { title: [{ text: { content: 'Tea' } }] },
    },
    healthy: /"object":"page"/,
    destructive: true,
  },
  login: { fix: 'token_refresh', deliver: { env: 'NOTION_TOKEN' } },
  token: (n) => `ntn_token-${n}`,
  backend: httpBackend({
    healthy: ({ method }) => ({ object: method === 'POST' ? 'page' : 'user', id: 'a' }),
    writes: ({ method }) => method === 'POST',
    failed: (status) => {
      const [code, message] = codes[status] ?? [];
      return { object: 'error', status, code, message };
    },
  }),
};
