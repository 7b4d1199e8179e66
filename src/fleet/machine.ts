import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { packageFile } from '../package-root.ts';
import { digest } from '../sharing/identity.ts';
import type { DatabaseSettings } from './settings.ts';

/** A machine, as its fleet sees it. */
export interface FleetMachine {
  /** Of this host and state folder. */
  readonly id: string;
  readonly host: string;
  readonly version: string;
}

const versionOfPackage = (): string =>
  (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string }).version;

/** Names this machine in its fleet. */
export const machineOf = (stateDir: string): FleetMachine => {
  const host = hostname();
  return { id: digest({ host, stateDir }), host, version: versionOfPackage() };
};

/** Names the database and its user; settings that cannot be read fail when the database is first needed. */
export const databaseName = (settings: () => DatabaseSettings): string => {
  try {
    const { host, port, database, user } = settings();
    return digest({ host, port, database, user });
  } catch {
    return '';
  }
};
