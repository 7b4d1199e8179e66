import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { check } from '../../src/cli/check.ts';
import { loadConfig } from '../../src/config/load.ts';
import { folderWith } from '../config/support.ts';

/** Everything that `healflow check` prints about a file, as text and as JSON, and the error that loading it ends in. */
const allAbout = async (text: string): Promise<string> => {
  const folder = await folderWith({ 'healflow.yaml': text });
  let out = '';
  const cwd = vi.spyOn(process, 'cwd').mockReturnValue(folder);
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    out += String(chunk);
    return true;
  });
  onTestFinished(() => {
    for (const spy of [cwd, write]) spy.mockRestore();
  });
  await check({});
  await check({ json: true });
  await loadConfig({ cwd: folder }).catch((error: Error) => {
    out += error.message;
  });
  return out;
};

const broken = (rest: string): string => `attempts: many\n${rest}`;

/** Dummies, of which none tells by its shape alone that it is a secret, but for the last. */
const secrets = ['hunter2', 'dummy!pass', 'correct-horse', 'd0U1mM2yD3u4Mm5Y6d7U8m'];

describe.each(secrets)('the literal secret %s in a configuration', (secret) => {
  it.each([
    ['a header', `proxy:\n  headers:\n    Authorization: Bearer ${secret}\n    attemps: 3\nattemps: 1\n`],
    ['a header of another kind', `proxy:\n  headers: { X-Api-Key: ${secret}, a: 5 }\n`],
    ['a header that is wrong itself', `proxy:\n  headers:\n    X-Api-Key:\n      - ${secret}\n`],
    ['the argument -u', `fixes:\n  kube_login:\n    command: [curl, -u, "app:${secret}", 5]\n`],
    ['the joined argument -u', `fixes:\n  kube_login:\n    command: [curl, "-uapp:${secret}", 5]\n`],
    ['an argument with an equals sign', `fixes:\n  kube_login:\n    command: [tool, --token=${secret}, 5]\n`],
    [
      'an argument after its flag',
      `fixes:\n  kube_login:\n    command:\n      - tool\n      - --token\n      - ${secret}\n      - 5\n`,
    ],
    [
      'a header of an argument',
      `fixes:\n  vpn_connect:\n    command: [curl, -H, "Authorization: Bearer ${secret}", 5]\n`,
    ],
    ['a command as one text', `fixes:\n  kube_login:\n    command: tool --password ${secret} login\n`],
    ['a key of a secret that nobody knows', `clientSecret: ${secret}\n`],
    ['a key of a secret, on the next line', `clientSecret:\n  ${secret}\n`],
    ['a block', `password: |\n  ${secret}\nattemps: 2\n`],
    ['a list', `tokens:\n  - ${secret}\n  - 5\n`],
    ['a map of the environment', `fixes:\n  kube_login:\n    command: [a]\n    env: { API_TOKEN: ${secret} }\n`],
    ['an alias', `x: &here ${secret}\nproxy: { headers: { Authorization: *here } }\n`],
    ['a file with a syntax error', `proxy:\n  headers: { Authorization: "${secret}" }\nlog: [all\n`],
    ['a key that is there twice', `secretEnv: [${secret}]\nsecretEnv: [${secret}]\n`],
  ])('is not shown in %s', async (_, text) => {
    for (const one of [text, broken(text), text.replaceAll('\n', '\r\n')]) {
      expect(await allAbout(one)).not.toContain(secret);
    }
  });
});

describe('the URL of the database of a fleet, in place of the name of its variable', () => {
  it.each(['postgres://app:dummy-pass@db.example.com/tools', 'app:dummy-pass@db.example.com'])(
    'is reported and not shown: %s',
    async (url) => {
      const text = `fleet: { urlEnv: "${url}" }\n`;
      const said = await allAbout(text);
      expect(said).toContain('looks like a secret itself');
      expect(said).not.toContain('dummy-pass');
      expect(await allAbout(broken(text))).not.toContain('dummy-pass');
    },
  );
});

describe.each(['hunter2', 'dummy!pass', 'D0U1MM2YD3U4', 'd0U1mM2yD3u4Mm5Y6d7U8m'])(
  'the secret %s in place of the name of a variable',
  (secret) => {
    it.each([
      ['secretEnv', `secretEnv: [${secret}]\n`],
      ['secretEnv as a text', `secretEnv: ${secret}\n`],
      ['tokenEnv', `proxy: { http: { tokenEnv: ${secret} } }\n`],
      ['urlEnv of a fleet', `fleet: { urlEnv: ${secret} }\n`],
      ['a list under tokenEnv', `proxy: { http: { tokenEnv: [${secret}] } }\n`],
      [
        'clientSecretEnv',
        `fixes:\n  token_refresh:\n    oauth: { issuer: "https://login.example.com", clientId: a, refreshTokenFile: /x, clientSecretEnv: ${secret} }\n`,
      ],
    ])('is reported and not shown in %s', async (_, text) => {
      const said = await allAbout(text);
      expect(said).not.toContain(secret);
      expect(said).toMatch(/looks like a secret itself|expected a/);
      expect(await allAbout(broken(text))).not.toContain(secret);
    });
  },
);

describe('names of variables and plain words', () => {
  it.each([
    'secretEnv: [API_TOKEN, DB_PASSWORD, TOKEN, gitlab_token]\n',
    'proxy: { http: { tokenEnv: HEALFLOW_TOKEN }, headers: { Authorization: "Bearer $\u007bAPI_TOKEN}" } }\n',
    'fixes: { kube_login: { command: [kubelogin, --context, staging, login], env: [KUBECONFIG] } }\n',
  ])('are shown, and nothing is wrong with them: %s', async (text) => {
    expect(await allAbout(text)).not.toContain('looks like');
    const said = await allAbout(`${text.trimEnd()} # attempts\nattemps: 2\n`);
    expect(said).not.toContain('[redacted]');
  });
});
