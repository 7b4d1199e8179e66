import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { secretValues } from '../../src/config/secrets.ts';

describe('secretValues', () => {
  it('gives the values of secretEnv, of client secrets, of the token of the proxy and of its headers, each once, and none for what is not set', () => {
    const oauth = { tokenEndpoint: 'https://a.example/t', clientId: 'a', refreshTokenFile: 'f' };
    const config = configSchema.parse({
      secretEnv: ['ONE', 'TWO', 'EMPTY', 'UNSET'],
      proxy: { http: { tokenEnv: 'PROXY' }, headers: { Authorization: `Bearer \${HEADER}` } },
      fixes: { token_refresh: [{ oauth: { ...oauth, clientSecretEnv: 'CLIENT' } }, { oauth }] },
    });
    const env = {
      ONE: 'dummy-1',
      TWO: 'dummy-1',
      EMPTY: ' ',
      CLIENT: 'dummy-2',
      PROXY: 'dummy-4',
      OTHER: 'dummy-3',
      HEADER: 'dummy-5',
    };
    expect(secretValues(config, env)).toEqual(['dummy-1', 'dummy-4', 'dummy-5', 'dummy-2']);
  });

  it('gives a secret that stands in the arguments of a delivery, but not the placeholder of the token', () => {
    const args = ['server.js', '--token={token}', '--password=dummy-secret'];
    const config = configSchema.parse({ fixes: { token_refresh: { command: ['login'], deliver: { args } } } });
    expect(secretValues(config, {})).toEqual(['dummy-secret']);
  });
});
