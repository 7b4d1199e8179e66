import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type DescribedTool, suggestKind } from '../../src/policy/suggest-kind/index.ts';
import { readName, wordsOf } from '../../src/policy/suggest-kind/name.ts';

/** A tool in the style of public MCP servers, with the kind that a person gives it. `half` tells rows for tuning apart. */
interface Row {
  readonly server: string;
  readonly half: 'tuning' | 'blind';
  readonly name: string;
  readonly description: string;
  readonly parameters: readonly string[];
  readonly kind: string;
}

const rows = readFileSync(new URL('tool-kinds.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);

const schemaOf = (parameters: readonly string[]) => ({
  type: 'object',
  properties: Object.fromEntries(parameters.map((name) => [name, {}])),
});

const kind = (name: string, description = '', more: Partial<DescribedTool> & { parameters?: string[] } = {}) =>
  suggestKind({ inputSchema: schemaOf(more.parameters ?? []), ...more, name, description }).kind;

describe('the labelled tools', () => {
  it.each(['tuning', 'blind'])(
    'of the %s half: what is suggested as read-only reads, and nearly all that reads is found',
    (half) => {
      const own = rows.filter((row) => row.half === half);
      const suggested = own.filter(
        ({ name, description, parameters }) => kind(name, description, { parameters: [...parameters] }) === 'read-only',
      );
      const wrong = suggested.filter((row) => row.kind !== 'read-only').map(({ server, name }) => `${server} ${name}`);
      expect(wrong).toEqual([]);
      expect(suggested.length / own.filter((row) => row.kind === 'read-only').length).toBeGreaterThanOrEqual(0.9);
    },
  );

  it('are at least 400, of at least 15 servers', () => {
    expect(rows.length).toBeGreaterThanOrEqual(400);
    expect(new Set(rows.map(({ server }) => server)).size).toBeGreaterThanOrEqual(15);
  });
});

describe('the words of a name', () => {
  it.each([
    ['k8s_get_pods', 'k8s get pods'],
    ['github.listIssues', 'github list issues'],
    ['notion-search', 'notion search'],
    ['API-get-user', 'api get user'],
    ['getHTTPStatus', 'get http status'],
  ])('of %s', (name, words) => expect(wordsOf(name).join(' ')).toBe(words));

  it.each([
    ['get_post', 'get', undefined],
    ['list_deleted_items', 'list', undefined],
    ['update_status', 'status', 'update'],
    ['update_list', 'list', 'update'],
    ['list_update', 'list', 'update'],
    ['list_updates', 'list', undefined],
    ['status_update', undefined, 'update'],
    ['git_status', 'status', undefined],
    ['reset_search', 'search', 'reset'],
    ['get_update', 'get', undefined],
    ['search_and_replace', 'search', 'replace'],
    ['get_or_create_label', 'get', 'create'],
    ['fetch_then_delete', 'fetch', 'delete'],
    ['check_in', undefined, 'check'],
    ['git_fetch', undefined, 'fetch'],
    ['merge_request_get', 'get', undefined],
    ['pods_log', undefined, undefined],
    ['target', undefined, undefined],
  ])('%s: reads by %s, changes by %s', (name, read, write) => {
    const found = readName(name);
    expect([found.read, found.write?.word]).toEqual([read, write]);
  });
});

describe('the suggestion', () => {
  it.each([
    ['get_user', 'Creates the user if there is none'],
    ['get_user', 'Get a user and update the time of the last visit'],
    ['read_inbox', 'Returns unread messages and marks them as read'],
    ['fetch_url', 'Fetch a URL then save it to a file'],
    ['list_jobs', 'List jobs. It also removes old ones.'],
    ['get_token', 'Use this tool to create a token'],
  ])('of %s: no read-only if the description says "%s"', (name, description) => {
    expect(kind(name, description)).not.toBe('read-only');
  });

  it.each([
    ['list_issues', 'List issues. Use create_issue to create one instead.'],
    ['get_issue', 'Get an issue. Call this before you update it.'],
    ['get_plan', 'Show what would change, without applying it'],
    ['list_posts', 'List posts and comments of a user'],
  ])('of %s: read-only although the description says "%s"', (name, description) => {
    expect(kind(name, description)).toBe('read-only');
  });

  it.each(['sql', 'command', 'code', 'body', 'payload', 'savePath', 'output_dir'])(
    'a parameter "%s" is a veto',
    (parameter) => {
      expect(kind('get_data', 'Get data', { parameters: [parameter] })).toBeNull();
    },
  );

  it('a method beside a URL is a veto, and so is an action that may change something', () => {
    expect(kind('fetch', 'Fetch a URL', { parameters: ['url', 'method'] })).toBeNull();
    const inputSchema = { properties: { action: { enum: ['list', 'delete'] } } };
    expect(kind('browse_tabs', 'Show tabs', { inputSchema })).toBeNull();
    const reading = { properties: { action: { enum: ['list', 'get_one'] } } };
    expect(kind('browse_tabs', 'Show tabs', { inputSchema: reading })).toBe('read-only');
  });

  it('a query of a database may be anything, unless the description says that it only reads', () => {
    const parameters = ['sql'];
    expect(kind('query', 'Run a SQL query', { parameters })).not.toBe('read-only');
    const stated = suggestKind({
      name: 'query',
      description: 'Run a read-only SQL query',
      inputSchema: schemaOf(parameters),
    });
    expect(stated).toEqual({ kind: 'read-only', reason: expect.stringContaining('read-only'), isConflict: false });
    expect(kind('query', 'Run a SQL query; not read-only', { parameters })).not.toBe('read-only');
    expect(kind('query_prometheus', 'Query Prometheus with PromQL', { parameters: ['expr'] })).toBe('read-only');
  });

  it('never overrules destructiveHint: true, nor readOnlyHint: false', () => {
    expect(suggestKind({ name: 'get_user', annotations: { destructiveHint: true } })).toEqual({
      kind: null,
      reason: 'the server says destructiveHint: true',
      isConflict: false,
    });
    expect(kind('get_user', '', { annotations: { readOnlyHint: false } })).toBeNull();
  });

  it('points out a read-only annotation of a tool whose name says that it writes', () => {
    const { isConflict, reason } = suggestKind({ name: 'delete_user', annotations: { readOnlyHint: true } });
    expect(isConflict).toBe(true);
    expect(reason).toContain('"delete"');
    expect(suggestKind({ name: 'get_user', annotations: { readOnlyHint: true } }).isConflict).toBe(false);
  });

  it.each([
    ['create_issue', 'additive'],
    ['sendMessage', 'additive'],
    ['delete_branch', 'destructive'],
    ['kubectl_apply', 'destructive'],
    ['update_issue', null],
    ['do_it', null],
  ])('of %s is %s', (name, expected) => expect(kind(name)).toBe(expected));

  it('is idempotent only if the tool says so', () => {
    expect(kind('put_object', 'Writes an object. Idempotent.')).toBe('idempotent');
    expect(kind('put_object', 'Writes an object. Not idempotent.')).toBeNull();
  });
});
