import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('./run.mjs', import.meta.url));

interface Soaked {
  readonly judged: readonly [what: string, holds: boolean, facts: string][];
  readonly heard: Readonly<Record<string, number>>;
}

describe('20,000 calls and 20 restarts of the server', () => {
  it('are answered well, and the proxy holds no more memory at the end than after the first quarter', async () => {
    const args = [program, '--calls', '20000', '--restarts', '20', '--json'];
    // Its exit code says no more than what is judged.
    const { stdout } = await promisify(execFile)(process.execPath, args).catch((error: { stdout: string }) => error);
    const { judged, heard } = JSON.parse(stdout) as Soaked;
    expect(judged.filter(([, holds]) => !holds)).toEqual([]);
    expect(heard['notifications/tools/list_changed']).toBeGreaterThan(10);
  }, 240_000);
});
