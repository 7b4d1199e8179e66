import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('./run.mjs', import.meta.url));

interface SoakResult {
  readonly checks: readonly [what: string, holds: boolean, facts: string][];
  readonly received: Readonly<Record<string, number>>;
}

describe('20,000 calls and 20 restarts of the server', () => {
  it('succeed, and the memory of the proxy does not grow after the first quarter', async () => {
    const args = [program, '--calls', '20000', '--restarts', '20', '--json'];
    // The exit code only repeats the checks.
    const { stdout } = await promisify(execFile)(process.execPath, args).catch((error: { stdout: string }) => error);
    const { checks, received } = JSON.parse(stdout) as SoakResult;
    expect(checks.filter(([, holds]) => !holds)).toEqual([]);
    expect(received['notifications/tools/list_changed']).toBeGreaterThan(10);
  }, 240_000);
});
