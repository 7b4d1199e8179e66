import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkProbe, parseProbe } from '../../src/cli/repair-probe.ts';
import { folderWith } from '../config/support.ts';

const forms = /use tcp:HOST:PORT, a URL, a command of plain words/;

it.each([
  ['tcp:vpn:443', { tcp: 'vpn:443' }],
  ['tcp:[::1]:443', { tcp: '[::1]:443' }],
  ['https://vpn/health', { http: 'https://vpn/health' }],
  ['nc -z vpn 443', { command: ['nc', '-z', 'vpn', '443'] }],
  ['["nc","-z","vpn 1"]', { command: ['nc', '-z', 'vpn 1'] }],
])('reads %s', (text, probe) => {
  expect(parseProbe(text)).toEqual({ ...probe, timeoutMs: 5_000 });
});

it.each([
  'tcp:vpn',
  'tcp://vpn:443',
  'tcp:vpn:0',
  'tcp:vpn:65536',
  'tcp:a b:80',
  'ftp://vpn/x',
  'HTTP:vpn',
  'a | b',
  '',
  '[1]',
])('refuses %j, and names the forms', (text) => {
  expect(() => parseProbe(text)).toThrow(forms);
});

it('refuses a command that cannot be started, and starts none that can', async () => {
  const folder = await folderWith();
  const file = join(folder, 'probe.sh');
  writeFileSync(file, `#!/bin/sh\n: >'${join(folder, 'ran')}'\n`);
  const check = (text: string) => () => checkProbe(parseProbe(text), text, { cwd: folder, env: { PATH: folder } });
  expect(check('foo:bar')).toThrow(/--probe foo:bar: there is no program foo:bar in PATH; use tcp:HOST:PORT/);
  expect(check('./none')).toThrow(/there is no program \.\/none; use/);
  expect(check(file)).toThrow(/is not executable/);
  expect(() => checkProbe(parseProbe('foo:bar'), undefined, { cwd: folder, env: { PATH: folder } })).toThrow(
    'the configured probe: there is no program foo:bar in PATH; install it, or write its whole path',
  );
  chmodSync(file, 0o755);
  expect(check('probe.sh')).not.toThrow();
  expect(check('tcp:127.0.0.1:1')).not.toThrow();
});
