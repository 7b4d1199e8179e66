import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const entry = fileURLToPath(new URL('../../dist/src/index.js', import.meta.url));

/** Heals one call by a `vpn_connect`, and prints whether pg was loaded. */
const program = (config: object): string => `
import Module from 'node:module';
import { createHealer } from ${JSON.stringify(entry)};
const healer = await createHealer({ config: ${JSON.stringify(config)} });
let calls = 0;
await healer.run('tool', async () => {
  calls += 1;
  if (calls === 1) throw new Error('getaddrinfo ENOTFOUND intranet.example.com');
}).catch(() => {});
await healer.close();
console.log(Object.keys(Module._cache).some((path) => path.includes('/node_modules/pg/')));
`;

const run = (config: object): string =>
  execFileSync(process.execPath, ['--input-type=module', '-e', program(config)], {
    cwd: mkdtempSync(join(tmpdir(), 'healflow-lazy-')),
    env: { ...process.env, FLEET_URL: 'postgres://app@127.0.0.1:1/fleet' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();

const vpn = (more: object) => ({
  vpn_connect: {
    command: [process.execPath, '-e', ''],
    probe: { tcp: '127.0.0.1:1', timeoutMs: 100 },
    timeoutMs: 2_000,
    ...more,
  },
});

describe('the package pg', () => {
  it('is not loaded without a fleet, not even with the first failure', () => {
    expect(run({ fixes: vpn({}), outagePatienceMs: 0 })).toBe('false');
  });

  it('is loaded with the first fix that is shared', () => {
    const config = { fleet: { urlEnv: 'FLEET_URL' }, fixes: vpn({ share: { fleet: 'vpn' } }), outagePatienceMs: 0 };
    expect(run(config)).toBe('true');
  });
});
