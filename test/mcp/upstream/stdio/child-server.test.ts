import { describe, expect, it } from 'vitest';
import { startChildServer, startReading } from '../../../../src/mcp/upstream/stdio/child-server.ts';

const start = (code: string) =>
  startChildServer({
    command: [process.execPath, '-e', code],
    env: process.env,
    stderr: process.stderr,
    graceMs: 1_000,
  });

describe('a server that is started before its output is read', () => {
  it('loses none of its output, even if it has ended meanwhile', async () => {
    const child = await start("process.stdout.write('x'.repeat(40_000)); process.exitCode = 3;");
    await child.crashed;
    let length = 0;
    startReading(child, (chunk) => {
      length += chunk.length;
    });
    expect(await child.ended).toEqual({ code: 3, signal: null });
    expect(length).toBe(40_000);
  });

  it('may close its input without ending the proxy', async () => {
    const child = await start('process.exitCode = 1;');
    await child.crashed;
    child.stdin.write('too late\n');
    startReading(child, () => {});
    expect(await child.ended).toEqual({ code: 1, signal: null });
  });

  it('can be killed', async () => {
    const child = await start('setInterval(() => {}, 1_000);');
    child.kill('SIGKILL');
    startReading(child, () => {});
    expect(await child.ended).toEqual({ code: null, signal: 'SIGKILL' });
  });
});

it('a command that cannot be started is named', async () => {
  const options = { env: process.env, stderr: process.stderr, graceMs: 1_000 };
  await expect(startChildServer({ command: ['no such command'], ...options })).rejects.toMatchObject({
    code: 'COMMAND_NOT_FOUND',
    message: "cannot start the MCP server: there is no command 'no such command'",
  });
  await expect(startChildServer({ command: ['/'], ...options })).rejects.toMatchObject({
    message: 'cannot start the MCP server: / may not be run',
  });
  await expect(startChildServer({ command: ['a\0b'], ...options })).rejects.toMatchObject({
    code: 'COMMAND_NOT_FOUND',
  });
});
