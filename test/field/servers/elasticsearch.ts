import { httpBackend } from '../backend.ts';
import { peer } from '../install.ts';
import type { Server } from '../server.ts';

const types: Readonly<Record<number, string>> = {
  401: 'security_exception',
  403: 'security_exception',
  404: 'index_not_found_exception',
  429: 'circuit_breaking_exception',
  500: 'null_pointer_exception',
  503: 'cluster_block_exception',
};
const reasons: Readonly<Record<number, string>> = {
  401: 'unable to authenticate with provided credentials and anonymous access is not allowed for this request',
  403: 'action [indices:monitor/stats] is unauthorized for API key',
  404: 'no such index [tea]',
  429: '[parent] Data too large',
  500: 'Cannot invoke "Object.hashCode()"',
  503: 'blocked by: [SERVICE_UNAVAILABLE/2/no master]',
};

export const elasticsearch: Server = {
  name: 'Elasticsearch',
  package: '@elastic/mcp-server-elasticsearch',
  command: () => [process.execPath, peer('@elastic/mcp-server-elasticsearch/dist/index.js')],
  env: ({ url, token }) => ({ ES_URL: url, ES_API_KEY: token, OTEL_SDK_DISABLED: 'true' }),
  read: { name: 'list_indices', arguments: { indexPattern: '*' }, healthy: /Found 1 indices/ },
  login: { fix: 'token_refresh', deliver: { env: 'ES_API_KEY' } },
  backend: httpBackend({
    healthy: () => [{ index: 'tea', health: 'green', status: 'open', docsCount: '1' }],
    failed: (status) => {
      const cause = { type: types[status], reason: reasons[status] };
      return { error: { root_cause: [cause], ...cause }, status };
    },
    headers: { 'x-elastic-product': 'Elasticsearch' },
  }),
};
