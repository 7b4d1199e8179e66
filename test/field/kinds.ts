import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { inRepository } from '../faults/programs.ts';
import type { Control } from './control.ts';
import { environmentOf, withPlace } from './row.ts';
import type { Server } from './server.ts';

/** Rules of tools, by name. */
export type Kinds = Readonly<Record<string, object>>;

const known = new Map<Server, Promise<Kinds>>();

/** What a person gets who accepts all that `healflow tools` suggests: the section `tools` of the configuration. */
const suggested = (server: Server, control: Control): Promise<Kinds> =>
  withPlace({ server }, control, async (place, _scene, url) => {
    const file = join(place.folder, 'healflow.yaml');
    writeFileSync(file, '{}\n');
    await promisify(execFile)(
      process.execPath,
      [
        inRepository('dist/src/cli/main.js'),
        'tools',
        '--write',
        '--yes',
        '--config',
        file,
        '--',
        ...server.command(place),
      ],
      { env: environmentOf(server, place, url), cwd: place.folder, timeout: 120_000 },
    );
    const { tools = {} } = parse(readFileSync(file, 'utf8')) as { tools?: Kinds };
    return tools;
  });

/** The kinds of a server's tools, asked for once. */
export const kindsOf = (server: Server, control: Control): Promise<Kinds> => {
  const found = known.get(server) ?? suggested(server, control);
  known.set(server, found);
  return found;
};
