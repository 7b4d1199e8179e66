import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { doctor, examine } from '../../src/cli/doctor/doctor.ts';
import { satisfies } from '../../src/cli/doctor/machine.ts';
import type { Patient } from '../../src/cli/doctor/trouble.ts';
import { systemClock } from '../../src/clock.ts';
import { machineIdentity } from '../../src/platform/process-identity.ts';

const script = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

interface World {
  readonly path: string;
  readonly config: Record<string, never> & ReturnType<typeof soundConfig>;
  readonly patient: { -readonly [Key in keyof Patient]: Patient[Key] };
  readonly client: { mcpServers: Record<string, { command: string; args: string[] }> };
  readonly at: (...parts: string[]) => string;
}

const soundConfig = (path: string, port: number) => ({
  attempts: 3,
  memoryDir: 'memory',
  stateDir: 'state',
  telemetry: 'on',
  fleet: { urlEnv: 'FLEET_URL' },
  secretEnv: ['APP_TOKEN'],
  proxy: { headers: { Authorization: `Bearer \${APP_TOKEN}` }, http: { tokenEnv: 'OWN_TOKEN' } },
  learn: { programs: [join(path, 'bin/kubelogin')] as unknown[] },
  fixes: {
    kube_login: { command: ['kubelogin', '--cluster', '{cluster}'], clusters: { prod: {} } },
    token_refresh: {
      oauth: {
        issuer: 'https://login.example.com',
        clientId: 'tools',
        clientSecretEnv: 'CLIENT_SECRET',
        refreshTokenFile: 'refresh',
      },
      deliver: { file: 'out/token' },
    },
    vpn_connect: { command: ['./bin/kubelogin'], probe: { tcp: `127.0.0.1:${port}` } },
    cache_clear: { folders: ['cache'], allowedRoots: ['.'] },
    own: {
      restart: {
        command: [process.execPath, 'restart.js', '--format', '{{.Name}}'],
        env: ['APP_ENV'],
        probe: { command: [process.execPath, '-e', ''] },
        cwd: 'work',
      },
    },
  },
});

/** A set-up in which nothing is wrong. */
const soundWorld = async (): Promise<World> => {
  const path = mkdtempSync(join(tmpdir(), 'healflow-doctor-'));
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.close();
    rmSync(path, { recursive: true, force: true });
  });
  const at = (...parts: string[]): string => join(path, ...parts);
  for (const folder of ['bin', 'out', 'cache', 'work', 'lessons', '.cursor', 'memory/learned']) {
    mkdirSync(at(folder), { recursive: true });
  }
  mkdirSync(at('state/tokens'), { recursive: true, mode: 0o700 });
  writeFileSync(at('bin/kubelogin'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(at('refresh'), 'dummy-refresh-token\n');
  writeFileSync(at('work/restart.js'), '');
  const { port } = server.address() as { port: number };
  const args = [script, 'proxy', '--config', at('healflow.yaml'), '--', 'no-matter'];
  return {
    path,
    at,
    config: soundConfig(path, port) as World['config'],
    client: { mcpServers: { one: { command: process.execPath, args }, other: { command: 'not-healflow', args: [] } } },
    patient: {
      env: {
        PATH: at('bin'),
        HOME: path,
        APP_ENV: 'test',
        APP_TOKEN: 'dummy-app-token',
        OWN_TOKEN: 'dummy-own-token',
        CLIENT_SECRET: 'dummy-client-secret',
        FLEET_URL: 'postgres://dummy@127.0.0.1/fleet',
      },
      cwd: path,
      home: path,
      platform: 'linux',
      nodeVersion: '20.19.0',
      script,
    },
  };
};

const here = await machineIdentity(systemClock);

const lock = (pid: number): string =>
  JSON.stringify({ id: '0123456789abcdef', key: 'host:own:restart', pid, ...here, since: 1_760_000_000_000 });

const clientOf = ({ client }: World): { command: string; args: string[] } =>
  client.mcpServers.one ?? { command: '', args: [] };

/** Each fault by itself, and what is said about it. */
const faults: [string, (world: World) => void, RegExp][] = [
  ['an invalid value', ({ config }) => Object.assign(config, { attempts: 0 }), /^healflow\.yaml:1:\d+: /],
  [
    'a secret in the file',
    ({ config }) => Object.assign(config, { secretEnv: ['APP_TOKEN', 'ghp_0123456789abcdefghijABCDEFGHIJ012345'] }),
    /secretEnv|healflow\.yaml:1/,
  ],
  [
    'a missing program',
    ({ at }) => rmSync(at('bin/kubelogin')),
    /^fixes\.kube_login\[0\]\.command: there is no program kubelogin in PATH; install/,
  ],
  [
    'a program without its x',
    ({ at }) => chmodSync(at('bin/kubelogin'), 0o644),
    /^fixes\.kube_login\[0\]\.command: .*kubelogin is not executable; .*chmod/,
  ],
  [
    'a missing script',
    ({ at }) => rmSync(at('work/restart.js')),
    /^fixes\.own\.restart\[0\]\.command: there is no script restart\.js/,
  ],
  [
    'a missing working folder',
    ({ at }) => rmSync(at('work'), { recursive: true }),
    /^fixes\.own\.restart\[0\]\.command: its working folder/,
  ],
  [
    'an unset variable of a fix',
    ({ patient }) => delete patient.env.APP_ENV,
    /^fixes\.own\.restart\[0\]\.env\[0\]: the environment variable APP_ENV is not set/,
  ],
  [
    'an unset secret',
    ({ patient }) => delete patient.env.APP_TOKEN,
    /^secretEnv\[0\]: the environment variable APP_TOKEN is not set/,
  ],
  [
    'an unset header',
    ({ patient }) => delete patient.env.APP_TOKEN,
    /^proxy\.headers\.Authorization: the environment variable APP_TOKEN is not set/,
  ],
  [
    'an unset client secret',
    ({ patient }) => delete patient.env.CLIENT_SECRET,
    /^fixes\.token_refresh\[0\]\.oauth\.clientSecretEnv: /,
  ],
  [
    'an unset token of the proxy',
    ({ patient }) => delete patient.env.OWN_TOKEN,
    /^proxy\.http\.tokenEnv: the environment variable OWN_TOKEN/,
  ],
  [
    'an unset URL of the fleet',
    ({ patient }) => delete patient.env.FLEET_URL,
    /^fleet\.urlEnv: the environment variable FLEET_URL/,
  ],
  [
    'a missing refresh token',
    ({ at }) => rmSync(at('refresh')),
    /refreshTokenFile: the refresh token cannot be read: .*; log in/,
  ],
  [
    'an empty refresh token',
    ({ at }) => writeFileSync(at('refresh'), '\n'),
    /refreshTokenFile: .* holds no refresh token/,
  ],
  [
    'no folder for the token',
    ({ at }) => rmSync(at('out'), { recursive: true }),
    /deliver\.file: the token cannot be written to .*out\/token/,
  ],
  [
    'an unknown placeholder',
    ({ config }) => config.fixes.kube_login.command.push('{context}'),
    /^fixes\.kube_login\[0\]\.command\[3\]: \{context\} is not replaced here.*; use \{cluster\}/,
  ],
  [
    'a service that does not answer',
    ({ config }) => Object.assign(config.fixes.vpn_connect.probe, { tcp: '127.0.0.1:1' }),
    /^fixes\.vpn_connect\[0\]\.probe: the probe fails: .*ECONNREFUSED/,
  ],
  [
    'a probe that fails',
    ({ config }) =>
      Object.assign(config.fixes.own.restart.probe, { command: [process.execPath, '-e', 'process.exit(3)'] }),
    /^fixes\.own\.restart\[0\]\.probe: the probe fails: .*3/,
  ],
  [
    'a missing root',
    ({ config }) => config.fixes.cache_clear.allowedRoots.push('gone'),
    /allowedRoots\[1\]: the folder cannot be used/,
  ],
  [
    'a link out of the roots',
    ({ at }) => {
      rmSync(at('cache'), { recursive: true });
      symlinkSync(tmpdir(), at('cache'));
    },
    /folders\[0\]: .*cache is outside of `allowedRoots`/,
  ],
  [
    'a file as memory folder',
    ({ at }) => {
      rmSync(at('memory'), { recursive: true });
      writeFileSync(at('memory'), '');
    },
    /memory: cannot write .*not a folder; name another/,
  ],
  [
    'a state folder for all',
    ({ at }) => chmodSync(at('state'), 0o777),
    /state: others can write to the state folder; run chmod 700/,
  ],
  [
    'a state folder behind a link',
    ({ at }) => {
      rmSync(at('state'), { recursive: true });
      symlinkSync(at('out'), at('state'));
    },
    /state: the state folder is a symbolic link/,
  ],
  [
    'tokens for all',
    ({ at }) => chmodSync(at('state/tokens'), 0o755),
    /tokens: others can open it \(mode 755\); run chmod go-rwx/,
  ],
  [
    'a lock of a process that is gone',
    ({ at }) => writeFileSync(at('state/a.lock'), lock(2 ** 22 + 1)),
    /a\.lock: process \d+ has left its lock on host:own:restart behind/,
  ],
  ['a damaged lock', ({ at }) => writeFileSync(at('state/a.lock'), '{'), /a\.lock: the lock is damaged; remove it/],
  [
    'an old draft',
    ({ at }) => {
      writeFileSync(at('state/a.lock.draft'), '');
      utimesSync(at('state/a.lock.draft'), 1_760_000_000, 1_760_000_000);
    },
    /a\.lock\.draft: a process that was killed/,
  ],
  [
    'a log from the future',
    ({ at }) => {
      writeFileSync(at('memory/learned/tool_fixes.yaml'), '');
      utimesSync(at('memory/learned/tool_fixes.yaml'), 4e9, 4e9);
    },
    /tool_fixes\.yaml: it was written .* from now.*; set the clock/,
  ],
  [
    'an old Node.js',
    ({ patient }) => Object.assign(patient, { nodeVersion: '18.20.1' }),
    /^Node\.js: version 18\.20\.1 is too old; install a version >=20\.19/,
  ],
  [
    'a package that is not installed',
    ({ patient, at, client }) => {
      patient.script = at('main.js');
      client.mcpServers = {};
    },
    /^fleet: it needs the package pg, which is not installed; run npm install pg@/,
  ],
  [
    'a healflow that has moved',
    (world) => Object.assign(clientOf(world).args, { 0: '/gone/node_modules/healflow/dist/src/cli/main.js' }),
    /mcp\.json, server one: healflow is not at \/gone/,
  ],
  [
    'a config of a client that is gone',
    (world) => Object.assign(clientOf(world).args, { 3: world.at('gone.yaml') }),
    /mcp\.json, server one: the configuration file .*gone\.yaml does not exist/,
  ],
  [
    'a client without Node.js',
    (world) => Object.assign(clientOf(world), { command: '/gone/node' }),
    /mcp\.json, server one: there is no program \/gone\/node/,
  ],
  [
    'a program for lessons that is not there',
    ({ config }) => config.learn.programs.push('/gone/systemctl'),
    /^learn\.programs\[1\]: there is no program \/gone\/systemctl/,
  ],
  [
    'a program for lessons that others can change',
    ({ at }) => chmodSync(at('bin'), 0o777),
    /^learn\.programs\[0\]: .*can be written by other users/,
  ],
  [
    'a file as folder of lessons',
    ({ at }) => {
      rmSync(at('lessons'), { recursive: true });
      writeFileSync(at('lessons'), '');
    },
    /lessons.*(?:no folder|not a folder|ENOTDIR)/,
  ],
];

const linesIn = async ({ config, client, patient, at }: World): Promise<string[]> => {
  writeFileSync(at('healflow.yaml'), JSON.stringify(config));
  writeFileSync(at('.cursor/mcp.json'), JSON.stringify(client));
  const { troubles } = await examine({}, patient);
  return troubles.map(({ at: where, problem, advice }) => `${where}: ${problem}; ${advice}`);
};

describe('healflow doctor', () => {
  it('finds nothing in a sound set-up', async () => {
    expect(await linesIn(await soundWorld())).toEqual([]);
  });

  for (const [what, plant, expected] of faults) {
    it(`finds ${what}, and shows no secret`, async () => {
      const world = await soundWorld();
      plant(world);
      const lines = await linesIn(world);
      expect(
        lines.some((line) => expected.test(line)),
        lines.join('\n'),
      ).toBe(true);
      expect(lines.join('\n')).not.toMatch(/dummy-|ghp_0/);
      // One fault may show in several places, but nothing else is wrong.
      expect(lines.length).toBeLessThan(8);
    });
  }

  it('finds a configuration that does not exist, and a file of a client that is no JSON', async () => {
    const { patient, at } = await soundWorld();
    writeFileSync(at('.cursor/mcp.json'), '{"mcpServers": ');
    const { troubles } = await examine({ config: 'gone.yaml' }, patient);
    expect(troubles.map(({ problem }) => problem)).toEqual([
      'the configuration file gone.yaml does not exist',
      expect.stringMatching(/^cursor cannot read it: .*mcp\.json:1:\d+: /),
    ]);
  });

  it('exits with 1 on trouble, and writes the same as JSON', async () => {
    const { at } = await soundWorld();
    let out = '';
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      out += String(text);
      return true;
    });
    onTestFinished(() => write.mockRestore());
    writeFileSync(
      at('healflow.yaml'),
      JSON.stringify({ memoryDir: 'memory', stateDir: 'state', secretEnv: ['NOT_SET'] }),
    );
    expect(await doctor({ config: at('healflow.yaml'), json: true })).toBe(1);
    const { ok, troubles } = JSON.parse(out) as { ok: boolean; troubles: { at: string }[] };
    expect(ok).toBe(false);
    expect(troubles.map((trouble) => trouble.at)).toContain('secretEnv[0]');
    out = '';
    expect(await doctor({ config: at('healflow.yaml') })).toBe(1);
    expect(out).toMatch(/^secretEnv\[0\]: the environment variable NOT_SET is not set; set it/m);
  });
});

describe('satisfies', () => {
  it('compares versions with the ranges of package.json', () => {
    expect(['20.19.0', '20.20.1', '22.0.0'].map((version) => satisfies(version, '>=20.19'))).toEqual([
      true,
      true,
      true,
    ]);
    expect(['20.18.9', '18.20.0'].map((version) => satisfies(version, '>=20.19'))).toEqual([false, false]);
    expect(['8.11.0', '8.23.1', '8.10.9', '9.0.0'].map((version) => satisfies(version, '^8.11.0'))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
