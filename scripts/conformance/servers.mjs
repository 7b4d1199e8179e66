// The requests to each server, and the parts of its responses that differ in every run.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot, peer } from './programs.mjs';
import { fixtureServer, serverEverything } from './targets.mjs';

const lists = ['tools/list', 'resources/list', 'resources/templates/list', 'prompts/list'].map((method) => [
  method,
  {},
]);
const call = (name, args = {}, meta) => ['tools/call', { name, arguments: args, ...(meta && { _meta: meta }) }];
const read = (uri) => ['resources/read', { uri }];
const prompt = (name, args) => ['prompts/get', { name, arguments: args }];
const complete = (ref, name, value, context) => [
  'completion/complete',
  { ref, argument: { name, value }, ...(context && { context: { arguments: context } }) },
];
const rejected = [
  call('no_such_tool'),
  read('no://such/resource'),
  prompt('no_such_prompt', {}),
  ['no/such/method', { any: [1, null, 'thing'] }],
  ['ping', {}],
];

const contents = [
  ...['test_simple_text', 'test_image_content', 'test_audio_content', 'test_embedded_resource'].map((name) =>
    call(name),
  ),
  ...['test_multiple_content_types', 'test_resource_link', 'test_error_handling'].map((name) => call(name)),
  call('test_annotated', { city: 'Łódź \u2028 \ud83c\udf0d' }),
  call('test_annotated', { city: 5 }),
  call('json_schema_2020_12_tool', { name: 'A', contactMethod: 'email', email: 'a@example.org' }),
  call('test_tool_with_progress', {}, { progressToken: 'token-1', 'example.org/kept': [1] }),
  call('test_tool_with_progress', {}, { progressToken: 7 }),
  call('test_tool_with_progress'),
];
const library = [
  read('test://static-text'),
  read('test://static-binary'),
  read('test://template/123/data'),
  ['resources/templates/list', { cursor: '1' }],
  prompt('test_simple_prompt'),
  prompt('test_prompt_with_arguments', { arg1: 'one', arg2: 'two' }),
  prompt('test_prompt_with_arguments', {}),
  prompt('test_prompt_with_embedded_resource', { resourceUri: 'test://x' }),
  prompt('test_prompt_with_image'),
  complete({ type: 'ref/prompt', name: 'test_prompt_with_arguments' }, 'arg1', 'pa'),
  complete({ type: 'ref/resource', uri: 'test://template/{id}/data' }, 'id', '12'),
];
const listChanges = ['tool', 'prompt', 'resource'].map((thing) => call(`test_trigger_${thing}_change`));

const fixture = {
  ...fixtureServer,
  script: [
    ...lists,
    ...contents,
    ...library,
    ['logging/setLevel', { level: 'debug' }],
    call('test_tool_with_logging'),
    call('test_logging_tool'),
    call('test_sampling', { prompt: 'Hello?' }),
    call('test_elicitation', { message: 'Well?' }),
    call('test_elicitation_sep1034_defaults'),
    call('test_elicitation_sep1330_enums'),
    call('test_elicitation_url'),
    call('test_roots'),
    call('test_input_required_result_elicitation'),
    ['resources/subscribe', { uri: 'test://watched-resource' }],
    call('test_trigger_resource_update', { uri: 'test://watched-resource' }),
    ['resources/unsubscribe', { uri: 'test://watched-resource' }],
    ...listChanges,
    ...rejected,
  ],
};

const fixtureModern = {
  ...fixtureServer,
  name: 'the fixture server, 2026-07-28',
  modern: true,
  script: [
    ['server/discover', {}],
    ...lists,
    ...contents,
    ...library,
    call('test_input_required_result_elicitation'),
    [
      'tools/call',
      {
        name: 'test_input_required_result_elicitation',
        arguments: {},
        inputResponses: { user_name: { action: 'accept', content: { name: 'A' } } },
      },
    ],
    call('test_input_required_result_multiple_inputs'),
    call('test_missing_capability'),
    call('test_logging_tool', {}, { 'io.modelcontextprotocol/logLevel': 'debug' }),
    ...rejected,
  ],
  // The encrypted state.
  varies: [/"requestState":"[^"]+"/g],
};

/** A request about the last task. */
const afterTask = (method) => (responses) => {
  const { task } = responses.findLast(({ result }) => result?.task !== undefined).result;
  return [method, { taskId: task.taskId }];
};

const everything = {
  ...serverEverything,
  isPeer: true,
  script: [
    ...lists,
    call('echo', { message: 'Unauthorized? No: "quoted" \\ \u0007' }),
    call('echo', {}),
    ...['error', 'success', 'debug'].map((messageType) =>
      call('get-annotated-message', { messageType, includeImage: true }),
    ),
    call('get-env'),
    call('get-resource-links', { count: 4 }),
    call('get-resource-reference', { resourceType: 'Text', resourceId: 2 }),
    call('get-resource-reference', { resourceType: 'Blob', resourceId: 3 }),
    call('get-resource-reference', { resourceType: 'Text', resourceId: -1 }),
    call('get-structured-content', { location: 'Chicago' }),
    call('get-sum', { a: 1, b: 2.5 }),
    call('get-sum', { a: 'one', b: 2 }),
    call('get-tiny-image'),
    call('gzip-file-as-resource', { name: 'a.gz', data: 'data:text/plain,hello', outputType: 'resource' }),
    call('trigger-long-running-operation', { duration: 0.2, steps: 2 }, { progressToken: 'long' }),
    call('get-roots-list'),
    call('trigger-sampling-request', { prompt: 'Hello?', maxTokens: 5 }),
    call('trigger-elicitation-request'),
    call('trigger-url-elicitation', { url: 'https://example.org/', elicitationId: 'one' }),
    call('trigger-url-elicitation', { url: 'https://example.org/', elicitationId: 'two', errorPath: true }),
    read('demo://resource/static/document/features.md'),
    read('demo://resource/dynamic/text/1'),
    read('demo://resource/dynamic/blob/2'),
    prompt('simple-prompt', {}),
    prompt('args-prompt', { city: 'Paris', state: 'TX' }),
    prompt('resource-prompt', { resourceType: 'Text', resourceId: '1' }),
    complete({ type: 'ref/prompt', name: 'completable-prompt' }, 'department', 'E'),
    complete({ type: 'ref/prompt', name: 'completable-prompt' }, 'name', 'A', { department: 'Engineering' }),
    ['logging/setLevel', { level: 'debug' }],
    ['resources/subscribe', { uri: 'demo://resource/dynamic/text/1' }],
    ['resources/unsubscribe', { uri: 'demo://resource/dynamic/text/1' }],
    ['tools/call', { name: 'simulate-research-query', arguments: { topic: 'tea' }, task: { ttl: 60_000 } }],
    afterTask('tasks/get'),
    afterTask('tasks/result'),
    afterTask('tasks/get'),
    afterTask('tasks/cancel'),
    ['tools/call', { name: 'simulate-research-query', arguments: { topic: 'tea' } }],
    ...rejected,
  ],
  // The port in the environment; the time of day in a resource, and a binary resource; ids that the server generates; the
  // times of a task.
  varies: [
    /\\"PORT\\": \\"\d+\\"/g,
    /\d+:\d\d:\d\d [AP]M/g,
    /"blob":"[^"]+"/g,
    /"elicitationId":"[0-9a-f-]{36}"/g,
    /from session [0-9a-f-]{36}/g,
    /"taskId":"[0-9a-f]{32}"/g,
    /"(createdAt|lastUpdatedAt)":"[^"]+"/g,
  ],
};

const filesystem = {
  name: 'server-filesystem',
  isPeer: true,
  prepare: (folder) => {
    const home = join(folder, 'files');
    rmSync(home, { recursive: true, force: true });
    mkdirSync(join(home, 'inner'), { recursive: true });
    writeFileSync(join(home, 'a.txt'), 'one\ntwo\nthree\n');
    writeFileSync(join(home, 'inner', 'b.bin'), Buffer.from([0, 1, 2, 255]));
    return {
      command: [process.execPath, peer('@modelcontextprotocol/server-filesystem/dist/index.js'), home],
      script: [
        ...lists,
        call('list_allowed_directories'),
        call('read_text_file', { path: join(home, 'a.txt') }),
        call('read_text_file', { path: join(home, 'a.txt'), head: 1 }),
        call('read_file', { path: join(home, 'missing.txt') }),
        call('read_text_file', { path: '/etc/hostname' }),
        call('read_media_file', { path: join(home, 'inner', 'b.bin') }),
        call('read_multiple_files', { paths: [join(home, 'a.txt'), join(home, 'missing.txt')] }),
        call('write_file', { path: join(home, 'new.txt'), content: 'line\r\n\ttab ✓' }),
        call('edit_file', { path: join(home, 'a.txt'), edits: [{ oldText: 'two', newText: '2' }], dryRun: true }),
        call('edit_file', { path: join(home, 'a.txt'), edits: [{ oldText: 'absent', newText: 'x' }] }),
        call('create_directory', { path: join(home, 'other') }),
        call('move_file', { source: join(home, 'new.txt'), destination: join(home, 'other', 'moved.txt') }),
        call('move_file', { source: join(home, 'new.txt'), destination: join(home, 'gone.txt') }),
        call('list_directory', { path: home }),
        call('list_directory_with_sizes', { path: home, sortBy: 'size' }),
        call('directory_tree', { path: home }),
        call('search_files', { path: home, pattern: '**/*.txt' }),
        call('get_file_info', { path: join(home, 'a.txt') }),
        call('read_text_file', {}),
        ...rejected,
      ],
    };
  },
  // The times of a file.
  varies: [/(created|modified|accessed): [^"\\]+/g, /\\"(created|modified|accessed)\\":\s*\\"[^"]+\\"/g],
};

const memory = {
  name: 'server-memory',
  isPeer: true,
  prepare: (folder) => {
    const file = join(folder, 'graph.jsonl');
    rmSync(file, { force: true });
    return {
      command: [process.execPath, peer('@modelcontextprotocol/server-memory/dist/index.js')],
      variables: { MEMORY_FILE_PATH: file },
      script: [
        ...lists,
        call('read_graph'),
        call('create_entities', {
          entities: [
            { name: 'Ada', entityType: 'person', observations: ['counts'] },
            { name: 'Engine', entityType: 'thing', observations: [] },
          ],
        }),
        call('create_relations', { relations: [{ from: 'Ada', to: 'Engine', relationType: 'programs' }] }),
        call('add_observations', { observations: [{ entityName: 'Ada', contents: ['writes', 'counts'] }] }),
        call('add_observations', { observations: [{ entityName: 'Nobody', contents: ['x'] }] }),
        call('search_nodes', { query: 'count' }),
        call('open_nodes', { names: ['Ada', 'Nobody'] }),
        read('memory://knowledge-graph'),
        call('delete_observations', { deletions: [{ entityName: 'Ada', observations: ['writes'] }] }),
        call('delete_relations', { relations: [{ from: 'Ada', to: 'Engine', relationType: 'programs' }] }),
        call('delete_entities', { entityNames: ['Engine'] }),
        call('read_graph'),
        call('create_entities', { entities: 'none' }),
        ...rejected,
      ],
    };
  },
};

const kubernetesProgram = peer('mcp-server-kubernetes/dist/index.js');
const kubernetes = {
  name: 'mcp-server-kubernetes',
  isPeer: true,
  prepare: (folder) => {
    const file = join(folder, 'kubeconfig');
    writeFileSync(file, readKubeconfig);
    // Without a kubectl, so that the result does not depend on the machine.
    const variables = { KUBECONFIG: file, PATH: inRoot('scripts/conformance') };
    return {
      command: [process.execPath, kubernetesProgram],
      variables,
      http: {
        name: 'mcp-server-kubernetes',
        args: () => [kubernetesProgram],
        env: (port) => ({ ...variables, ENABLE_UNSAFE_STREAMABLE_HTTP_TRANSPORT: '1', PORT: String(port) }),
      },
      script: [
        ...lists,
        call('ping'),
        call('kubectl_get', { resourceType: 'pods', namespace: 'default' }),
        call('kubectl_get', {}),
        call('kubectl_describe', { resourceType: 'pod', name: 'web' }),
        call('kubectl_logs', { resourceType: 'pod', name: 'web' }),
        call('kubectl_context', { operation: 'list' }),
        call('kubectl_delete', { resourceType: 'pod', name: 'web' }),
        call('kubectl_scale', { name: 'web', replicas: 2 }),
        call('explain_resource', { resource: 'pods' }),
        call('list_api_resources'),
        call('stop_port_forward', { id: 'none' }),
        read('k8s://default/pods'),
        prompt('k8s-diagnose', { keyword: 'web' }),
        ...rejected,
      ],
    };
  },
};

/** A cluster that does not exist. */
const readKubeconfig = `apiVersion: v1
kind: Config
clusters: [{ name: none, cluster: { server: 'https://127.0.0.1:1' } }]
users: [{ name: nobody, user: {} }]
contexts: [{ name: none, context: { cluster: none, user: nobody } }]
current-context: none
`;

export const servers = [fixture, fixtureModern, everything, filesystem, memory, kubernetes];
