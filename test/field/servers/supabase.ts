import { httpBackend } from '../backend.ts';
import { peer } from '../install.ts';
import type { Server } from '../server.ts';

export const supabase: Server = {
  name: 'Supabase',
  package: '@supabase/mcp-server-supabase',
  command: ({ url, token }) => [
    ...[process.execPath, peer('@supabase/mcp-server-supabase/dist/cli.js')],
    ...['--api-url', url, '--access-token', token],
  ],
  env: ({ url }) => ({ SUPABASE_CONTENT_API_URL: `${url}/content` }),
  read: { name: 'list_organizations', healthy: /"name":"Tea"/ },
  write: { name: 'pause_project', arguments: { project_id: 'abcdefghijklmnopqrst' }, healthy: /"success":true/ },
  login: { fix: 'token_refresh', deliver: 'args' },
  token: (n) => `sbp_token-${n}`,
  backend: httpBackend({
    healthy: ({ method, url }) => {
      if (url.startsWith('/content')) return { data: { schema: 'type Query { a: String }' } };
      return method === 'POST' ? {} : [{ id: 'o', slug: 'tea', name: 'Tea' }];
    },
    writes: ({ method, url }) => method === 'POST' && !url.startsWith('/content'),
    // The description of the tools comes from another service.
    exempt: ({ url }) => url.startsWith('/content'),
  }),
};
