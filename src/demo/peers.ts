import { createRequire } from 'node:module';
import { HealError } from '../errors.ts';
import { errorCode } from '../platform/fs.ts';

/** The packages that the demo needs, with their major versions. */
export const demoPeers = {
  'oidc-provider': 9,
  '@modelcontextprotocol/server': 2,
  '@modelcontextprotocol/client': 2,
} as const;

const { resolve } = createRequire(import.meta.url);

const isInstalled = (name: string): boolean => {
  try {
    resolve(name);
    return true;
  } catch (error) {
    return errorCode(error) !== 'MODULE_NOT_FOUND';
  }
};

/** The same for the demo of a fleet. */
export const fleetPeers = { ...demoPeers, pg: 8 } as const;

/** @throws HealError `PEER_MISSING`, with the command that installs what is missing. */
export const assertPeers = (
  peers: Readonly<Record<string, number>> = demoPeers,
  has: (name: string) => boolean = isInstalled,
): void => {
  const missing = Object.entries(peers).filter(([name]) => !has(name));
  if (missing.length === 0) return;
  const names = missing.map(([name]) => name);
  const wanted = missing.map(([name, line]) => `${name}@${line}`);
  throw new HealError(
    'PEER_MISSING',
    `the demo needs ${names.join(' and ')}, which healflow does not install: run npm install ${wanted.join(' ')}`,
  );
};
