import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FixCatalogueOptions } from '../../fixes/catalogue.ts';
import type { ConfigInput } from '../../src/config/schema.ts';
import { createRedactor } from '../../src/redact/index.ts';
import { callOf, catalogueOf, fixOf, program, requestOf, temporaryFolder } from './support.ts';

type Fixes = NonNullable<ConfigInput['fixes']>;
type Entry = Exclude<Fixes['token_refresh'], readonly unknown[] | undefined>;

const token = 'dummy+token/1="&';
const prints = ['node', '-e', 'console.log(process.argv[1])', token];

const refresh = (entry: Entry, changes: Partial<FixCatalogueOptions> = {}) => {
  const options = { redact: createRedactor({ env: {} }), baseDir: temporaryFolder(), ...changes };
  return fixOf('token_refresh', { token_refresh: entry }, options).run(requestOf());
};

/** An upstream that notes what it is given. */
const upstream = () => {
  const given: unknown[] = [];
  return {
    given,
    setHeader: (name: string, value: string) => void given.push({ [name]: value }),
    restartWithEnv: async (env: object) => void given.push({ env }),
    restartWith: async (changes: object) => void given.push(changes),
  };
};

describe('the templates of `deliver`', () => {
  it('put the token into a file, as it is, into a URL and into JSON', async () => {
    const baseDir = temporaryFolder();
    const file = [
      { path: 'plain', value: 'token: {token}\n' },
      { path: 'url', value: 'postgres://app:{token:url}@db.internal.example/orders' },
      { path: 'json', value: '{"auths":{"host":{"token":"{token:json}"}}}' },
      'short',
    ];
    expect((await refresh({ command: prints, deliver: { file } }, { baseDir })).status).toBe('succeeded');
    const read = (name: string): string => readFileSync(join(baseDir, name), 'utf8');
    expect(read('plain')).toBe(`token: ${token}\n`);
    expect(new URL(read('url')).password).toBe(encodeURIComponent(token));
    expect(JSON.parse(read('json'))).toEqual({ auths: { host: { token } } });
    expect(read('short')).toBe(token);
  });

  it('put it into variables, with one restart for all of them', async () => {
    const server = upstream();
    const env = ['GITLAB_TOKEN', { name: 'DATABASE_URL', value: 'postgres://app:{token:url}@db/orders' }];
    await refresh({ command: prints, deliver: { env } }, { upstream: server });
    expect(server.given).toEqual([
      { env: { GITLAB_TOKEN: token, DATABASE_URL: `postgres://app:${encodeURIComponent(token)}@db/orders` } },
    ]);
  });

  it.each([
    ['a line', 'Authorization: token {token}'],
    ['a map', { Authorization: 'token {token}' }],
    ['a name and a value', { name: 'Authorization', value: 'token {token}' }],
  ])('put it into a header, written as %s', async (_, header) => {
    const server = upstream();
    await refresh({ command: prints, deliver: { header } }, { upstream: server });
    expect(server.given).toEqual([{ Authorization: `token ${token}` }]);
  });

  it('put it into the arguments of the server, with one restart for them and the variables', async () => {
    const server = upstream();
    const report = await refresh(
      { command: prints, deliver: { args: ['server.js', '--token={token}'], env: 'TOKEN' } },
      { upstream: server },
    );
    expect(server.given).toEqual([{ env: { TOKEN: token }, args: ['server.js', `--token=${token}`] }]);
    expect(report.reason).toMatch(/it is in the environment variable TOKEN and the arguments of the server$/);
    expect(JSON.stringify(report)).not.toContain(token);
  });

  it('need an upstream that can be given arguments', () => {
    const token_refresh = { command: prints, deliver: { args: ['{token}'] } };
    expect(catalogueOf({ token_refresh }).select('token_refresh', callOf())).toMatchObject({
      code: 'FIX_NOT_CONFIGURED',
    });
  });
});

describe('a token that a login command writes by itself', () => {
  const readsFrom = async (text: string, source: Entry['tokenSource'], changes: Partial<FixCatalogueOptions> = {}) => {
    const baseDir = temporaryFolder();
    const env: NodeJS.ProcessEnv = { PATH: process.env.PATH };
    const command = program('logs-in.mjs', join(baseDir, 'credentials'), text);
    const report = await refresh(
      { command, tokenSource: source, deliver: { env: 'TOKEN' } },
      { baseDir, env, ...changes },
    );
    return { report, env, baseDir };
  };
  const file = 'credentials';

  it.each([
    ['the whole file', 'dummy-token-1\n', { file }],
    ['JSON', '{"hosts":{"main":{"token":"dummy-token-1"}}}', { file, json: 'hosts.main.token' }],
    ['JSON, by a list of keys', '{"gitlab.com":{"token":"dummy-token-1"}}', { file, json: ['gitlab.com', 'token'] }],
    ['a list in JSON', '{"users":[{"token":"dummy-token-1"}]}', { file, json: 'users.0.token' }],
    ['YAML', 'hosts:\n  gitlab.com:\n    token: dummy-token-1\n', { file, yaml: ['hosts', 'gitlab.com', 'token'] }],
    ['variables', '# new\nexport OTHER=1\nAPI_TOKEN="dummy-token-1"\n', { file, env: 'API_TOKEN' }],
  ])('is read from %s', async (_, text, source) => {
    const { report, env } = await readsFrom(text, source);
    expect(report.status).toBe('succeeded');
    expect(env.TOKEN).toBe('dummy-token-1');
  });

  it('is read from the standard output if there is no file', async () => {
    const env: NodeJS.ProcessEnv = { PATH: process.env.PATH };
    const command = ['node', '-e', `console.log('{"status":{"token":"dummy-token-1"}}')`];
    await refresh({ command, tokenSource: { json: 'status.token' }, deliver: { env: 'TOKEN' } }, { env });
    expect(env.TOKEN).toBe('dummy-token-1');
  });

  it('is masked from then on', async () => {
    const redact = createRedactor({ env: {} });
    await readsFrom('{"a":"qwmzkxjv"}', { file, json: 'a' }, { redact });
    expect(redact('a value: qwmzkxjv')).not.toContain('qwmzkxjv');
  });

  it('may be behind a link', async () => {
    const baseDir = temporaryFolder();
    symlinkSync(join(baseDir, 'credentials'), join(baseDir, 'link'));
    const env: NodeJS.ProcessEnv = { PATH: process.env.PATH };
    const command = program('logs-in.mjs', join(baseDir, 'credentials'), 'dummy-token-1');
    await refresh({ command, tokenSource: { file: 'link' }, deliver: { env: 'TOKEN' } }, { baseDir, env });
    expect(env.TOKEN).toBe('dummy-token-1');
  });

  it.each([
    ['no file', { file: 'elsewhere' }, /but the token cannot be read: .*elsewhere/],
    ['no such key', { file, json: 'b.c' }, /but there is no token at b\.c in .*credentials$/],
    ['a value that is no text', { file, json: 'a' }, /but there is no token at a in /],
    ['another format', { file, yaml: 'a' }, /but there is no token at a in /],
  ])('fails the fix without showing what is there: %s', async (_, source, reason) => {
    const { report } = await readsFrom('{"a":{"deep":"dummy-hidden"}}', source);
    expect(report).toMatchObject({ status: 'failed', reason: expect.stringMatching(reason) });
    expect(JSON.stringify(report)).not.toContain('dummy-hidden');
  });
});
