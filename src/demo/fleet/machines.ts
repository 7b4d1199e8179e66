import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { machineOf } from '../../fleet/machine.ts';
import { packageFile } from '../../package-root.ts';
import { connectClient, type DemoClient } from '../clients.ts';
import { json, tokenRefresh, vpnConnect } from '../config.ts';
import type { DemoRun } from '../run-demo.ts';
import { programCommand } from '../world/program.ts';
import type { World } from '../world/world.ts';
import type { DemoDatabase } from './database.ts';

/** A machine of the fleet: a client, and `healflow proxy` with a state folder of its own. */
export interface DemoMachine {
  readonly name: string;
  /** Its id in the fleet. */
  readonly id: string;
  readonly client: DemoClient;
}

/** The environment variable in which the proxies find the URL of the database. */
export const fleetUrlEnv = 'HEALFLOW_FLEET_URL';

/** The names of the machines. */
export const machineNames = ['machine a', 'machine b', 'machine c'] as const;

/** The entry `fleet` of a configuration. */
export const fleetEntry = (caFile: string | undefined): string =>
  `fleet: { urlEnv: ${fleetUrlEnv}${caFile === undefined ? '' : `, caFile: ${json(caFile)}`} }\n`;

const configFor = (folder: string, world: World, caFile: string | undefined): string => `\
# The same on all machines, but for the folders of each.
stateDir: ${json(join(folder, 'state'))}
memoryDir: ${json(join(folder, 'memory'))}
${fleetEntry(caFile)}fixes:
${tokenRefresh(world)}    share: { fleet: orders-token }
${vpnConnect(world)}    mode: ask
    share: { fleet: wiki-gateway }
`;

/** The command line of healflow itself. */
export const healflowCommand = (...args: string[]): string[] => [
  process.execPath,
  packageFile('dist/src/cli/main.js'),
  ...args,
];

/** Starts a proxy for each machine, in front of a server of its own, and a client of it. */
export const startMachines = (
  world: World,
  { machineUrl, caFile }: DemoDatabase,
  run: DemoRun,
): Promise<DemoMachine[]> =>
  Promise.all(
    machineNames.map(async (name) => {
      const folder = join(run.folder, name.replace(' ', '-'));
      await mkdir(folder);
      const config = join(folder, 'healflow.yaml');
      await writeFile(config, configFor(folder, world, caFile));
      const command = healflowCommand('proxy', '--config', config, '--', ...programCommand('server', world.factsFile));
      const client = await connectClient(command, folder, run.closing, run.signal, { [fleetUrlEnv]: machineUrl });
      return { name, id: machineOf(join(folder, 'state')).id, client };
    }),
  );
