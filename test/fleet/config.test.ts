import { describe, expect, it } from 'vitest';
import { isRefusal } from '../../fixes/catalogue.ts';
import { crossCheck, findWarnings } from '../../src/config/cross-check/index.ts';
import { type ConfigInput, configSchema } from '../../src/config/schema.ts';
import { secretValues } from '../../src/config/secrets.ts';
import type { FixRules } from '../../src/model/fix.ts';
import type { FixName } from '../../src/model/terms.ts';
import { callOf, catalogueOf } from '../fixes/support.ts';

const fleet = { urlEnv: 'FLEET_URL' };
const share = { fleet: 'gateway' };
const oauth = { tokenEndpoint: 'https://login.example.com/token', clientId: 'c', refreshTokenFile: '/shared/refresh' };
const vpn = { command: ['up'], probe: { tcp: 'a.example.com:1' } };

const problemsOf = (config: ConfigInput, functions: FixName[] = []) =>
  crossCheck(configSchema.parse(config), functions).map(({ path, problem }) => `${path.join('.')}: ${problem}`);
const warningsOf = (config: ConfigInput) =>
  findWarnings(configSchema.parse(config)).map(({ path, problem }) => `${path.join('.')}: ${problem}`);

describe('a fix with `share`', () => {
  it('needs a database', () => {
    expect(problemsOf({ fixes: { vpn_connect: { ...vpn, share } } })).toEqual([
      'fixes.vpn_connect.0.share: `share.fleet` needs a database',
    ]);
    expect(problemsOf({ fleet, fixes: { vpn_connect: { ...vpn, share } } })).toEqual([]);
  });

  it('leaves a decision to the approvers only if there is one to make', () => {
    const approvers = { ...share, approval: 'approvers' as const };
    const problem =
      'fixes.vpn_connect.0.share.approval: `share.approval` has no effect without `mode: ask`: vpn_connect runs without an approval';
    expect(problemsOf({ fleet, fixes: { vpn_connect: { ...vpn, share: approvers } } })).toEqual([problem]);
    expect(problemsOf({ fleet, fixes: { vpn_connect: { ...vpn, mode: 'ask', share: approvers } } })).toEqual([]);
    expect(problemsOf({ fleet, fixes: { vpn_connect: { ...vpn, mode: 'dry-run', share: approvers } } })).toEqual([]);
    const anyone = { ...share, approval: 'anyone' as const };
    expect(problemsOf({ fleet, fixes: { vpn_connect: { ...vpn, share: anyone } } })).toEqual([]);
  });

  it.each<[string, ConfigInput['fixes']]>([
    ['the environment of one server', { token_refresh: { command: ['t'], deliver: { env: 'TOKEN' }, share } }],
    ['the arguments of one server', { token_refresh: { command: ['t'], deliver: { args: ['{token}'] }, share } }],
    ['the requests of one process', { token_refresh: { command: ['t'], deliver: { header: { name: 'a' } }, share } }],
    ['folders of this machine', { cache_clear: { folders: ['/c'], allowedRoots: ['/'], share } }],
    ['one server', { cache_clear: { tool: { name: 'clear' }, share } }],
    ['a tunnel of this machine', { vpn_connect: { ...vpn, foreground: true, share } }],
  ])('cannot change %s', (effect, fixes) => {
    const [problem] = problemsOf({ fleet, fixes });
    expect(problem).toContain(`changes ${effect}`);
  });

  it('cannot be a function', () => {
    const fixes = { vpn_connect: { ...vpn, share } };
    expect(problemsOf({ fleet, fixes }, ['vpn_connect'])[0]).toContain('is a function of this program');
  });

  it('is warned of if it may change one machine only, or lose a refresh token', () => {
    expect(warningsOf({ fleet, fixes: { kube_login: { command: ['l'], share } } })[0]).toContain(
      'usually changes a file',
    );
    const deliver = { file: '/shared/token' };
    const refresh = (whenLost: 'machine' | 'refuse') => ({
      token_refresh: { oauth, deliver, share: { ...share, whenLost } },
    });
    expect(warningsOf({ fleet, fixes: refresh('refuse') })).toEqual([
      'fixes.token_refresh.0.share: only one machine writes the file of `deliver`',
    ]);
    expect(warningsOf({ fleet, fixes: refresh('machine') })[1]).toContain('may use the refresh token at once');
  });

  const rulesOf = (fixes: Parameters<typeof catalogueOf>[0], changes = {}, call = {}): FixRules => {
    const [name] = Object.keys(fixes) as ['vpn_connect'];
    const found = catalogueOf(fixes, { baseDir: '/project', ...changes }).select(name, callOf(call));
    if (isRefusal(found) || found.rules === undefined) throw new Error('there is no such fix');
    return found.rules;
  };

  it('is the same on every machine, by its name alone', () => {
    const here = rulesOf({ vpn_connect: { ...vpn, share } }, { env: { HOME: '/home/a' } });
    const there = rulesOf(
      { vpn_connect: { ...vpn, command: ['other'], cwd: '/tmp', target: 'x', share } },
      { env: { HOME: '/home/b' }, baseDir: '/elsewhere' },
    );
    expect(here).toMatchObject({ scope: 'fleet', whenLost: 'machine' });
    expect(there.identity).toBe(here.identity);
    expect(rulesOf({ vpn_connect: { ...vpn, share: { fleet: 'other' } } }).identity).not.toBe(here.identity);
    expect(rulesOf({ token_refresh: { command: ['t'], share } }).identity).not.toBe(here.identity);
  });

  it('is one fix for each cluster', () => {
    const login = { kube_login: { command: ['login', '{cluster}'], clusters: { a: {}, b: {} }, share } };
    const [a, b] = ['a', 'b'].map((cluster) => rulesOf(login, {}, { args: { cluster } }).identity);
    expect(a).not.toBe(b);
  });

  it('does not run without the database if it uses a refresh token', () => {
    const refresh = { oauth, deliver: { file: '/shared/token' } };
    expect(rulesOf({ token_refresh: { ...refresh, share } }).whenLost).toBe('refuse');
    expect(rulesOf({ token_refresh: { ...refresh, share: { ...share, whenLost: 'machine' } } }).whenLost).toBe(
      'machine',
    );
  });
});

it('the URL of the database is a secret', () => {
  const url = 'postgres://app:dummy-password@db.example.com/fleet';
  expect(secretValues(configSchema.parse({ fleet }), { FLEET_URL: url })).toContain(url);
});
