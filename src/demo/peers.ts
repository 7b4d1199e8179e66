import { createRequire } from 'node:module';
import { HealError } from '../errors.ts';
import { errorCode } from '../platform/fs.ts';

/** What the demo needs beside healflow, and which line of it. */
const peers = { 'oidc-provider': 9, '@modelcontextprotocol/server': 2, '@modelcontextprotocol/client': 2 } as const;

const { resolve } = createRequire(import.meta.url);

const isThere = (name: string): boolean => {
  try {
    resolve(name);
    return true;
  } catch (error) {
    return errorCode(error) !== 'MODULE_NOT_FOUND';
  }
};

/** @throws HealError `PEER_MISSING`, with the command that installs what is missing. */
export const assertPeers = (has: (name: string) => boolean = isThere): void => {
  const missing = Object.entries(peers).filter(([name]) => !has(name));
  if (missing.length === 0) return;
  const names = missing.map(([name]) => name);
  const wanted = missing.map(([name, line]) => `${name}@${line}`);
  throw new HealError(
    'PEER_MISSING',
    `the demo needs ${names.join(' and ')}, which healflow does without otherwise: npm install ${wanted.join(' ')}`,
  );
};
