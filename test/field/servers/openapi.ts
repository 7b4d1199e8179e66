import { httpBackend } from '../backend.ts';
import { peer } from '../install.ts';
import type { Server } from '../server.ts';

const ok = { 200: { description: 'ok' } };
const schema = { type: 'object', properties: { item: { type: 'string' } } };
const description = {
  openapi: '3.0.0',
  info: { title: 'Shop', version: '1' },
  paths: {
    '/orders': {
      get: { operationId: 'listOrders', summary: 'List the orders', responses: ok },
      post: {
        operationId: 'createOrder',
        summary: 'Create an order',
        requestBody: { content: { 'application/json': { schema } } },
        responses: ok,
      },
    },
  },
};

/** A bridge from any HTTP API. Its token is part of a larger value. */
export const openapi: Server = {
  name: 'OpenAPI bridge',
  package: '@ivotoby/openapi-mcp-server',
  command: () => [process.execPath, peer('@ivotoby/openapi-mcp-server/bin/mcp-server.js')],
  env: ({ url, token }) => ({
    API_BASE_URL: url,
    API_HEADERS: `Authorization:Bearer ${token}`,
    OPENAPI_SPEC_INLINE: JSON.stringify(description),
  }),
  read: { name: 'lst-orders', healthy: /"item": "tea"/ },
  write: { name: 'crt-order', arguments: { item: 'tea' }, healthy: /"item": "tea"/ },
  login: { fix: 'token_refresh', deliver: { env: { name: 'API_HEADERS', value: 'Authorization:Bearer {token}' } } },
  backend: httpBackend({
    healthy: ({ method }) => (method === 'POST' ? { id: 1, item: 'tea' } : [{ id: 1, item: 'tea' }]),
    writes: ({ method }) => method === 'POST',
  }),
};
