// Gives the tests a home and a temporary folder of their own, which go when they end: what they and the programs that
// they start leave there is neither met by the user's own programs nor left behind.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const setup = () => {
  const folder = mkdtempSync(join(tmpdir(), 'healflow-tests-'));
  const own = { HOME: 'home', TMPDIR: 'tmp', HEALFLOW_STATE_DIR: 'state' };
  for (const [name, path] of Object.entries(own)) {
    process.env[name] = join(folder, path);
    mkdirSync(process.env[name]);
  }
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
};
