import { httpBackend } from '../backend.ts';
import { peer } from '../install.ts';
import type { Server } from '../server.ts';

/** Prometheus knows no logins; a proxy before it does, and its login belongs to the machine. */
export const prometheus: Server = {
  name: 'Prometheus',
  package: 'prometheus-mcp',
  short: true,
  command: () => [process.execPath, peer('prometheus-mcp/dist/index.mjs'), 'stdio'],
  env: ({ url }) => ({ PROMETHEUS_URL: url }),
  read: { name: 'prometheus_list_labels', healthy: /"job"/ },
  login: { fix: 'token_refresh' },
  backend: httpBackend({
    healthy: () => ({ status: 'success', data: ['__name__', 'job'] }),
    remembersLogin: true,
  }),
};
