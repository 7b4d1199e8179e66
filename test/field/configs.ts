import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRepository } from '../faults/programs.ts';
import type { Fault } from './faults.ts';
import type { Place, Server } from './server.ts';

export const configNames = ['defaults', 'tools'] as const;
/** `defaults`: only the commands of the fixes are configured · `tools`: the kinds of the tools, too. */
export type ConfigName = (typeof configNames)[number];

export const program = (name: string): string => inRepository(`test/field/programs/${name}`);

/** The command of a server with the witness before it. */
export const witnessed = (server: Server, place: Place, control: string): readonly string[] => [
  process.execPath,
  program('witness.mjs'),
  control,
  ...server.command(place),
];

/** The fixes, as a user would configure them: the same for all servers but for how a login is renewed. */
const fixesOf = (server: Server, { vpn }: Fault, place: Place, control: string, backendPort: number): object => {
  const { login } = server;
  const command = (...args: readonly string[]): string[] => [process.execPath, program('fix.mjs'), control, ...args];
  const args = witnessed(server, place, control)
    .slice(1)
    .map((arg) => arg.replace(place.token, '{token}'));
  return {
    [login.fix]: {
      command: command(login.fix),
      ...('deliver' in login && { deliver: login.deliver === 'args' ? { args } : login.deliver }),
      ...('tools' in login && { tools: login.tools }),
    },
    cache_clear: { folders: ['./cache'], allowedRoots: ['.'] },
    ...(vpn !== undefined && {
      vpn_connect: {
        command: command('vpn_connect', ...(vpn === 'tunnel' ? [String(place.port), String(backendPort)] : [])),
        probe: { tcp: `127.0.0.1:${place.port}` },
      },
    }),
  };
};

/** Writes the configuration of a row, and returns the path of the file. */
export const writeConfig = (
  name: ConfigName,
  server: Server,
  kinds: object,
  ...[fault, place, control, backendPort]: [Fault, Place, string, number]
): string => {
  const file = join(place.folder, 'healflow.yaml');
  const config = {
    fixes: fixesOf(server, fault, place, control, backendPort),
    ...(name === 'tools' && kinds),
  };
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`);
  return file;
};
