// Gives the tests a home and a temporary folder of their own, which are removed at the end, so that the tests and the programs
// that they start leave nothing behind and do not affect the user's own programs.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const setup = () => {
  const folder = mkdtempSync(join(tmpdir(), 'healflow-tests-'));
  // Databases run as a user of their own, if the tests run as root.
  if (process.getuid?.() === 0) chmodSync(folder, 0o711);
  const own = { HOME: 'home', TMPDIR: 'tmp', HEALFLOW_STATE_DIR: 'state' };
  for (const [name, path] of Object.entries(own)) {
    process.env[name] = join(folder, path);
    mkdirSync(process.env[name]);
  }
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
};
