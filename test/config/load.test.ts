import { readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { configSchema } from '../../src/config/schema.ts';
import { root } from '../house/sources.ts';
import { folderWith, load, refusal } from './support.ts';

const defaults = configSchema.parse({});

describe('what is loaded', () => {
  it('is the defaults where there is no file', async () => {
    const cwd = await folderWith();
    expect(await loadConfig({ cwd })).toEqual({ config: defaults, file: null, baseDir: cwd });
  });

  it.each([
    ['an empty file', ''],
    ['a file of comments', '# nothing yet\n'],
    ['keys with nothing after them', 'fixes:\npatterns:\ntools:\nattempts:\n'],
    ['a byte order mark', '\uFEFF# nothing\n'],
  ])('is the defaults for %s', async (_, text) => {
    expect((await load(text)).config).toEqual(defaults);
  });

  it.each(['healflow.yaml', 'healflow.yml'])('is %s in the working folder', async (name) => {
    const cwd = await folderWith({ [name]: 'attempts: 7\n' });
    const { config, file, baseDir } = await loadConfig({ cwd });
    expect([config.attempts, file, baseDir]).toEqual([7, join(cwd, name), cwd]);
  });

  it('is the named file, relative to the working folder, and its folder is the base', async () => {
    const cwd = await folderWith({ 'conf/mine.yaml': 'memoryDir: mem\n' });
    const { config, file, baseDir } = await loadConfig({ cwd, configFile: 'conf/mine.yaml' });
    expect([file, baseDir, config.memoryDir]).toEqual([
      join(cwd, 'conf/mine.yaml'),
      join(cwd, 'conf'),
      join(cwd, 'conf/mem'),
    ]);
  });

  it('is the object given, even where a file exists', async () => {
    const cwd = await folderWith({ 'healflow.yaml': 'attempts: 7\n' });
    const { config, file } = await loadConfig({ cwd, config: { attempts: 4 } });
    expect([config.attempts, file]).toEqual([4, null]);
  });

  it('takes one fix as a list of one', async () => {
    const { config } = await load('fixes:\n  kube_login:\n    command: [login]\n    tools: k8s_*\n');
    expect(config.fixes.kube_login).toMatchObject([{ command: ['login'], tools: ['k8s_*'] }]);
  });

  it('unfolds aliases', async () => {
    const { config } = await load('fixes:\n  kube_login: { command: &c [login] }\n  token_refresh: { command: *c }\n');
    expect(config.fixes.token_refresh?.[0]?.command).toEqual(['login']);
  });

  it('keeps null among the arguments of a tool', async () => {
    const { config } = await load('fixes:\n  cache_clear:\n    tool: { name: clear, arguments: { all: null } }\n');
    expect(config.fixes.cache_clear?.[0]?.tool?.arguments).toEqual({ all: null });
  });
});

describe('paths', () => {
  it('are absolute: relative to the file, or to the home folder', async () => {
    const { config, baseDir } = await load(`
memoryDir: ~/healing
fixes:
  kube_login:
    command: [./login.sh, ./not-a-program]
    clusters: { a: { command: [../up, x] }, b: { command: [kubelogin] } }
    probe: { command: [~/bin/probe] }
    cwd: work
  token_refresh:
    oauth: { issuer: https://login.example.com, clientId: c, refreshTokenFile: secrets/refresh }
    deliver: { file: /var/token }
    probe: { tcp: "localhost:1" }
  cache_clear:
    folders: [cache/a]
    allowedRoots: [cache, "~"]
`);
    const { kube_login, token_refresh, cache_clear } = config.fixes;
    const at = (...parts: string[]): string => join(baseDir, ...parts);
    expect(config.memoryDir).toBe(join(homedir(), 'healing'));
    expect(kube_login).toMatchObject([
      {
        command: [at('login.sh'), './not-a-program'],
        clusters: { a: { command: [at('../up'), 'x'] }, b: { command: ['kubelogin'] } },
        probe: { command: [join(homedir(), 'bin/probe')] },
        cwd: at('work'),
      },
    ]);
    expect(token_refresh).toMatchObject([
      {
        oauth: { refreshTokenFile: at('secrets/refresh') },
        deliver: { file: '/var/token' },
        probe: { tcp: 'localhost:1' },
      },
    ]);
    expect(cache_clear).toMatchObject([{ folders: [at('cache/a')], allowedRoots: [at('cache'), homedir()] }]);
  });

  it('stand for nothing where none is given', async () => {
    const { config } = await load('fixes:\n  kube_login: { command: [login] }\n');
    expect(config).not.toHaveProperty('memoryDir');
    expect(config.fixes.kube_login?.[0]).not.toHaveProperty('cwd');
  });
});

describe('pattern files', () => {
  it('are read relative to the config file, and follow its own patterns', async () => {
    const { config } = await load(
      'patternFiles: [more/list.yaml, more/map.yaml]\npatterns:\n  - { id: own, class: auth, text: own }\n',
      {
        'more/list.yaml': '- { id: listed, class: network, text: listed }\n',
        'more/map.yaml': 'patterns:\n  - { id: mapped, class: rate, text: mapped }\n',
      },
    );
    expect(config.patterns.map(({ id }) => id)).toEqual(['own', 'listed', 'mapped']);
  });

  it('may be empty', async () => {
    const { config } = await load('patternFiles: [none.yaml]\n', { 'none.yaml': '# none yet\n' });
    expect(config.patterns).toEqual([]);
  });
});

describe('a file that cannot be read', () => {
  it('is not found where it was named', async () => {
    const cwd = await folderWith();
    expect(await refusal(loadConfig({ cwd, configFile: 'nope.yaml' }))).toEqual({
      code: 'CONFIG_NOT_FOUND',
      lines: ['the configuration file nope.yaml does not exist'],
    });
  });

  it('is refused where it is a folder', async () => {
    const cwd = await folderWith();
    await mkdir(join(cwd, 'healflow.yaml'));
    expect(await refusal(loadConfig({ cwd }))).toEqual({
      code: 'CONFIG_INVALID',
      lines: ['the configuration file healflow.yaml is a folder'],
    });
  });

  it.skipIf(process.getuid?.() === 0)('is refused where it may not be read', async () => {
    const cwd = await folderWith({ 'healflow.yaml': '' });
    await chmod(join(cwd, 'healflow.yaml'), 0);
    expect((await refusal(loadConfig({ cwd }))).lines).toEqual([
      'the configuration file healflow.yaml cannot be read: permission denied',
    ]);
  });

  it('is refused where it is larger than 1 MiB', async () => {
    expect((await refusal(load(`# ${'x'.repeat(1_048_576)}`))).lines).toEqual([
      'the configuration file healflow.yaml is larger than 1048576 bytes',
    ]);
  });

  it('is read no further than that, even where it has no end', async () => {
    expect((await refusal(loadConfig({ configFile: '/dev/zero' }))).lines).toEqual([
      'the configuration file /dev/zero is larger than 1048576 bytes',
    ]);
    expect((await loadConfig({ configFile: '/dev/null' })).config).toEqual(defaults);
  });

  it('is refused where it is no text', async () => {
    const cwd = await folderWith();
    await writeFile(join(cwd, 'healflow.yaml'), Buffer.from([0x61, 0xff, 0xfe]));
    expect((await refusal(loadConfig({ cwd }))).lines).toEqual([
      'the configuration file healflow.yaml is not UTF-8 text',
    ]);
  });

  it('is refused beside a configuration as an object', async () => {
    expect((await refusal(loadConfig({ config: {}, configFile: 'x' }))).lines).toEqual([
      'either a configuration or a configuration file can be given, not both',
    ]);
  });
});

describe('the defaults that the build writes', () => {
  it('are those of the schema', async () => {
    const built = JSON.parse(readFileSync(join(root, 'dist/config-defaults.json'), 'utf8'));
    expect(built).toEqual(JSON.parse(JSON.stringify(configSchema.parse({}))));
  });
});
