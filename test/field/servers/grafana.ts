import { httpBackend } from '../backend.ts';
import { peer } from '../install.ts';
import type { Server } from '../server.ts';

export const grafana: Server = {
  name: 'Grafana',
  package: '@leval/mcp-grafana',
  short: true,
  command: () => [process.execPath, peer('@leval/mcp-grafana/dist/cli.js')],
  env: ({ url, token }) => ({ GRAFANA_URL: url, GRAFANA_SERVICE_ACCOUNT_TOKEN: token }),
  read: { name: 'list_datasources', healthy: /"uid": "p"/ },
  write: {
    name: 'update_dashboard',
    arguments: { dashboard: { title: 'Tea' } },
    healthy: /"status": "success"/,
    unclear: /No response from Grafana server/,
  },
  login: { fix: 'token_refresh', deliver: { env: 'GRAFANA_SERVICE_ACCOUNT_TOKEN' } },
  backend: httpBackend({
    healthy: ({ method }) =>
      method === 'POST'
        ? { id: 1, uid: 'd', status: 'success', version: 1 }
        : [{ uid: 'p', name: 'Prom', type: 'prometheus', isDefault: true }],
    writes: ({ method }) => method === 'POST',
  }),
};
