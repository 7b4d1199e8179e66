import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { httpBackend, type Request } from '../backend.ts';
import { peer } from '../install.ts';
import type { Server } from '../server.ts';

const resource = (name: string, kind: string) => ({
  ...{ name, singularName: name.slice(0, -1), kind, namespaced: true },
  verbs: ['get', 'list', 'create', 'patch'],
});
const pod = {
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'tea', namespace: 'default' } },
  status: { phase: 'Running' },
};
const discovery: Readonly<Record<string, unknown>> = {
  '/version': { major: '1', minor: '30', gitVersion: 'v1.30.0' },
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [resource('pods', 'Pod'), resource('services', 'Service')],
  },
};
const pathOf = ({ url }: Request): string => url.split('?')[0] ?? '';
const reasons: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  401: ['Unauthorized', 'Unauthorized'],
  403: [
    'Forbidden',
    'pods is forbidden: User "reader" cannot list resource "pods" in API group "" in the namespace "default"',
  ],
  404: ['NotFound', 'the server could not find the requested resource'],
  429: ['TooManyRequests', 'Too many requests, please try again later.'],
  500: ['InternalError', 'Internal error occurred: etcdserver: request timed out'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
};

const program = peer('kubernetes-mcp-server-linux-amd64/bin/kubernetes-mcp-server-linux-amd64');

/** The login belongs to the machine: a client sends no token over plain HTTP. */
export const kubernetes: Server = {
  name: 'Kubernetes',
  package: 'kubernetes-mcp-server-linux-amd64',
  command: ({ url, folder }) => {
    const file = join(folder, 'kubeconfig');
    writeFileSync(
      file,
      `apiVersion: v1
kind: Config
clusters: [{ name: tea, cluster: { server: '${url}' } }]
users: [{ name: reader, user: {} }]
contexts: [{ name: tea, context: { cluster: tea, user: reader, namespace: default } }]
current-context: tea
`,
    );
    return [program, '--kubeconfig', file, '--list-output', 'yaml'];
  },
  read: { name: 'pods_list_in_namespace', arguments: { namespace: 'default' }, healthy: /name: tea/ },
  write: { name: 'pods_run', arguments: { image: 'tea', namespace: 'default', name: 'tea' }, healthy: /name: tea/ },
  login: { fix: 'kube_login', tools: 'pods_*' },
  backend: httpBackend({
    healthy: (request) => {
      if (pathOf(request) in discovery) return discovery[pathOf(request)];
      const changes = request.method === 'POST' || request.method === 'PATCH';
      return changes ? pod : { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [pod] };
    },
    writes: ({ method }) => method === 'POST' || method === 'PATCH',
    failed: (code) => {
      const [reason, message] = reasons[code] ?? [];
      return { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code };
    },
    remembersLogin: true,
  }),
  missing: () =>
    `${process.platform} ${process.arch}` === 'linux x64' ? undefined : 'it is a program for Linux on x64',
  without: { 'unknown host 1 s': 'it is not a Node program, so the resolver cannot be played' },
};
