import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { succeeded } from '../relay/scripted-healer.ts';
import { fixture, ProxyBench } from './proxy-bench.ts';

const echo = { command: [process.execPath, fixture('echo-lines.mjs')] };

describe('the bytes of a session', () => {
  it('reach the server and come back unchanged, in any pieces, to the last one', async () => {
    const lines = [
      '{"jsonrpc":"2.0","id":12345678901234567890,"method":"vendor/unknown","params":{"a":1.0,"b":"\\u00fc"}}\n',
      '{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"ü€😀"}}\r\n',
      '{"jsonrpc":"2.0","id":null,"result":{}}\n',
      '[{"jsonrpc":"2.0","id":1,"method":"ping"}, 5 ]\n',
      '\n\r\n',
      `${'noise '.repeat(50_000)}\n`,
      `{"jsonrpc":"2.0","method":"big","params":"${'x'.repeat(3_000_000)}"}\n`,
      'half a line',
    ];
    const bytes = Buffer.concat([Buffer.from([0xff, 0x00, 0xc3, 0x0a]), Buffer.from(lines.join(''))]);
    const bench = new ProxyBench(echo);
    const sizes = fc.sample(fc.integer({ min: 1, max: 100_000 }), { seed: 5, numRuns: 500 });
    for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
      const size = sizes[turn % sizes.length] ?? 1;
      bench.send(bytes.subarray(at, at + size));
      at += size;
    }
    expect(await bench.end()).toBe(0);
    expect(Buffer.from(bench.out, 'latin1').equals(bytes)).toBe(true);
  });

  it('get the line end that the last message lacks, so that the server does not wait for it', async () => {
    const bench = new ProxyBench(echo);
    const message = '{"jsonrpc":"2.0","method":"notifications/message","params":{}}';
    bench.send(Buffer.from(message));
    expect(await bench.end()).toBe(0);
    expect(bench.out).toBe(`${message}\n`);
  });

  it('wait for a client that does not read, and are all there when it does', async () => {
    const bench = new ProxyBench({ command: [process.execPath, '-e', 'process.stdin.pipe(process.stdout)'] });
    const line = Buffer.from(`{"jsonrpc":"2.0","method":"a","params":"${'x'.repeat(65_000)}"}\n`);
    bench.stdout.pause();
    for (let count = 0; count < 300; count += 1) bench.send(line);
    // 20 MB are more than all the buffers on the way hold: the source is held back.
    await bench.until(() => bench.stdin.isPaused() && bench.stdin.readableLength > 0);
    expect(bench.stdout.readableLength).toBeLessThan(5_000_000);
    bench.stdout.resume();
    expect(await bench.end()).toBe(0);
    expect(bench.out.length).toBe(line.length * 300);
  });
});

describe('a proxy', () => {
  it('heals a call through a real server process', async () => {
    const bench = new ProxyBench();
    bench.healer.fix = async () => succeeded();
    await bench.connect();
    expect(await bench.text('expired_once')).toBe('pods');
    expect(await bench.end()).toBe(0);
    expect(bench.err).toBe('healflow: expired_once healed by kube_login (2 attempts, 1.2 s)\n');
    expect(bench.healer.closed).toBe(true);
  });

  it('reports in one line why a call was not healed', async () => {
    const bench = new ProxyBench();
    bench.healer.fix = async () => ({ ...succeeded(), status: 'timed_out', reason: 'no end after 30 s' });
    await bench.connect();
    await bench.call('expired');
    await bench.end();
    expect(bench.err).toBe(
      'healflow: expired not healed: kube_login timed_out: no end after 30 s (2 attempts, 1.2 s)\n',
    );
  });

  it('passes the server’s stderr, and its noise on stdout', async () => {
    const bench = new ProxyBench();
    bench.send('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"stderr"}}\n');
    bench.send('{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"noise"}}\n');
    await bench.end();
    expect(bench.err).toBe('a line of the server\n');
    expect(bench.out).toContain('\ndebug: what is this doing on stdout\r\n\n\xc3\xbf\n{"jsonrpc":"2.0","id":2');
  });

  it('rejects a message beyond the limit with an error to the client, and continues', async () => {
    const bench = new ProxyBench({ limits: { maxLineBytes: 2_000 } });
    await bench.connect();
    const refused = await bench.call('hello', { text: 'x'.repeat(3_000) });
    expect(refused).toMatchObject({
      error: { code: -32600, message: expect.stringContaining('the limit is 2000 bytes') },
    });
    expect(await bench.call('big', { bytes: 3_000 })).toMatchObject({ error: { code: -32600 } });
    expect(await bench.text('hello')).toBe('hello');
    await bench.end();
    expect(bench.err).toMatch(/a message of \d+ bytes from the client was refused/);
    expect(bench.err).toMatch(/a message of \d+ bytes from the server was refused/);
  });

  it('rejects a request of the server beyond the limit with an error to the server', async () => {
    const asks = `process.stdout.write(JSON.stringify({ id: 5, method: 'a', params: 'x'.repeat(3000) }) + '\\n');
      process.stdin.on('data', (chunk) => process.stdout.write('got ' + chunk));`;
    const bench = new ProxyBench({ command: [process.execPath, '-e', asks], limits: { maxLineBytes: 2_000 } });
    await bench.until(() => bench.out.includes('\n'));
    expect(bench.out).toMatch(/^got \{"jsonrpc":"2.0","id":5,"error":\{"code":-32600,/);
    await bench.end();
  });
});

describe('the end of a session', () => {
  it('has the exit code of the server', async () => {
    const bench = new ProxyBench({ env: { RAW_SERVER_EXIT: '7' } });
    await bench.connect();
    expect(await bench.end()).toBe(7);
  });

  it('has the exit code of a server that ends before it has responded to anything', async () => {
    const bench = new ProxyBench({ command: [process.execPath, '-e', 'process.exit(4)'] });
    expect(await bench.exitCode).toBe(4);
    expect(bench.out).toBe('');
  });

  it('is 128 + n if the server was killed by signal n', async () => {
    const bench = new ProxyBench({ command: [process.execPath, '-e', "process.kill(process.pid, 'SIGKILL')"] });
    expect(await bench.exitCode).toBe(137);
  });

  it('waits for the call that is being healed, although the client has ended its input', async () => {
    const bench = new ProxyBench();
    bench.healer.fix = async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return succeeded();
    };
    bench.send('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"expired_once"}}\n');
    expect(await bench.end()).toBe(0);
    expect(bench.messages).toMatchObject([{ id: 1, result: { content: [{ text: 'pods' }] } }]);
  });

  it('does not wait longer than the deadline for a call without a response', async () => {
    const bench = new ProxyBench({ limits: { deadlineMs: 200, graceMs: 20_000 } });
    bench.send('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"never"}}\n');
    expect(await bench.end()).toBe(0);
    expect(bench.out).toBe('');
  });

  it('follows a signal, and held calls get their last failure', async () => {
    const bench = new ProxyBench();
    bench.healer.fix = ({ options }) =>
      new Promise((resolve) => options.signal?.addEventListener('abort', () => resolve(undefined)));
    bench.send('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"expired"}}\n');
    await bench.until(() => bench.healer.healed.length === 1);
    bench.stop();
    expect(await bench.exitCode).toBe(0);
    expect(bench.messages).toMatchObject([{ id: 1, result: { isError: true } }]);
  });

  it('is enforced by SIGKILL if the server ignores the end of its input and SIGTERM', async () => {
    const bench = new ProxyBench({ env: { RAW_SERVER_STUBBORN: '1' }, limits: { graceMs: 50 } });
    await bench.connect();
    const pid = Number(await bench.text('pid'));
    expect(await bench.end()).toBe(137);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('is immediate after a second signal', async () => {
    const bench = new ProxyBench({ env: { RAW_SERVER_STUBBORN: '1' }, limits: { graceMs: 60_000 } });
    await bench.connect();
    bench.stop();
    bench.kill();
    expect(await bench.exitCode).toBe(137);
  });

  it('follows when nobody reads any more', async () => {
    const bench = new ProxyBench();
    await bench.connect();
    bench.stdout.destroy(new Error('EPIPE'));
    expect(await bench.exitCode).toBe(0);
  });

  it('is a clear error where there is no such command', async () => {
    const bench = new ProxyBench({ command: ['no-such-command-here', 'a'] });
    await expect(bench.exitCode).rejects.toMatchObject({
      code: 'COMMAND_NOT_FOUND',
      message: 'cannot start the MCP server: there is no command no-such-command-here',
    });
    expect(bench.healer.closed).toBe(true);
  });
});

describe('a server that dies', () => {
  it('is started again when it is needed, and gets the handshake', async () => {
    const bench = new ProxyBench();
    await bench.connect();
    const first = Number(await bench.text('pid'));
    process.kill(first, 'SIGKILL');
    await bench.until(() => bench.err.includes('was killed (SIGKILL); it is started again when it is needed'));
    const second = Number(await bench.text('pid'));
    expect(second).not.toBe(first);
    expect(bench.messages.filter(({ id }) => id === 1)).toHaveLength(1);
    await bench.end();
  });

  it('leaves its open calls to the healer, which may repeat them', async () => {
    const bench = new ProxyBench();
    await bench.connect();
    expect(await bench.text('die_once')).toBe('alive');
    expect(bench.healer.healed[0]?.first).toMatchObject({
      thrown: true,
      error: { code: 'UPSTREAM_DIED', message: 'the MCP server exited (code 3) before it answered' },
    });
    await bench.end();
  });

  it('in the middle of a message leaves nothing of it to the client', async () => {
    const bench = new ProxyBench();
    await bench.connect();
    expect(await bench.text('die_talking')).toBe('alive');
    await bench.end();
    expect(bench.out).not.toContain('half');
  });

  it('right after a response without a line end has responded', async () => {
    const bench = new ProxyBench();
    await bench.connect();
    expect(await bench.call('last_words')).toMatchObject({ result: { content: [{ text: 'farewell' }] } });
    expect(await bench.text('hello')).toBe('hello');
    expect(bench.healer.healed).toEqual([]);
    await bench.end();
  });

  it('may write a secret when it refuses the handshake, which never reaches the terminal', async () => {
    const refuses = `const { existsSync, writeFileSync } = require('node:fs');
      const again = existsSync(process.env.RAW_SERVER_STATE);
      writeFileSync(process.env.RAW_SERVER_STATE, '');
      process.stdin.on('data', (chunk) => {
        for (const line of String(chunk).trim().split('\\n')) {
          const { id, method } = JSON.parse(line);
          if (method === 'die') process.exit(3);
          const answer = again ? { error: { code: 1, message: 'no such token: hush-hush\\u009b31m' } } : { result: {} };
          process.stdout.write(JSON.stringify({ id, ...answer }) + '\\n');
        }
      });`;
    const bench = new ProxyBench({
      command: [process.execPath, '-e', refuses],
      limits: { maxRestarts: 1 },
      redact: (text) => text.replaceAll('hush-hush', '[redacted]'),
    });
    bench.send('{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}\n');
    bench.send('{"jsonrpc":"2.0","id":2,"method":"die"}\n{"jsonrpc":"2.0","id":3,"method":"ping"}\n');
    await bench.until(() => bench.messages.some(({ id }) => id === 3));
    await bench.end();
    expect(bench.err).toContain('no such token: [redacted] 31m');
    expect(bench.err).not.toContain('\u009b');
  });

  it('again and again is abandoned after some restarts, and every request gets a response', async () => {
    const bench = new ProxyBench({ limits: { maxRestarts: 2 } });
    await bench.connect();
    for (let round = 0; round < 3; round += 1) {
      expect(await bench.call('die')).toMatchObject({ error: { code: -32000 } });
    }
    expect(await bench.request('vendor/thing')).toMatchObject({
      error: { code: -32000, message: expect.stringContaining('ended too often (the last one exited (code 3))') },
    });
    expect(await bench.end()).toBe(3);
  });

  it('gives every caller a response although it is killed again and again, and leaves no process behind', async () => {
    const bench = new ProxyBench({ limits: { maxRestarts: 1_000 } });
    bench.healer.attempts = 20;
    await bench.connect();
    const pids = new Set<number>();
    for (let round = 0; round < 5; round += 1) {
      const calls = Array.from({ length: 16 }, () => bench.text('pid'));
      const pid = Number(await calls[0]);
      pids.add(pid);
      process.kill(pid, 'SIGKILL');
      for (const text of await Promise.all(calls)) {
        expect(Number(text)).toBeGreaterThan(0);
        pids.add(Number(text));
      }
      await bench.until(() => bench.err.split('was killed').length > round + 1);
    }
    // Which server ends last depends on whether the last kill left a call open: the killed one, or the one after it.
    expect([0, 137]).toContain(await bench.end());
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});

describe('a server that hangs', () => {
  it('is ended and started again, and its open calls are left to the healer', async () => {
    const bench = new ProxyBench({ limits: { hangMs: 2_000, graceMs: 100 } });
    await bench.connect();
    // A long call shows that the server answers pings while it works.
    const slow = bench.call('never');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const first = Number(await bench.text('pid'));
    expect(bench.err).toBe('');
    expect(await bench.text('stop_once')).toBe('going on');
    expect(bench.err).toContain(
      'the MCP server did not respond for 2 s, nor to ping (proxy.hangMs); it is started again when it is needed',
    );
    expect(bench.healer.healed.map(({ tool }) => tool)).toEqual(['never', 'stop_once']);
    expect(() => process.kill(first, 0)).toThrow('ESRCH');
    bench.stop();
    await slow;
    await bench.exitCode;
  });
});

describe('restartWithEnv', () => {
  const never = new AbortController().signal;

  it('gives the next server the variable, and the session continues', async () => {
    const bench = new ProxyBench();
    bench.healer.fix = async () => {
      await bench.control?.restartWithEnv?.({ TOKEN: 'new' }, never);
      return succeeded('token_refresh');
    };
    await bench.connect();
    const before = await bench.text('pid');
    expect(await bench.text('needs_token')).toBe('welcome');
    expect(await bench.text('pid')).not.toBe(before);
    process.kill(Number(await bench.text('pid')), 'SIGKILL');
    await bench.until(() => bench.err.includes('SIGKILL'));
    expect(await bench.text('env', { name: 'TOKEN' })).toBe('new');
    await bench.end();
  });

  it('lets the old server respond first, and makes new requests wait for the new one', async () => {
    const bench = new ProxyBench();
    await bench.connect();
    const old = bench.text('pid');
    const restarted = bench.control?.restartWithEnv?.({ TOKEN: 'new' }, never);
    await new Promise((resolve) => setImmediate(resolve));
    const early = bench.text('env', { name: 'TOKEN' });
    await restarted;
    expect(await early).toBe('new');
    expect(Number(await old)).toBeGreaterThan(0);
    expect(bench.healer.healed).toEqual([]);
    await bench.end();
  });

  it('lets a call in flight finish, even if the old server ends as soon as its input does', async () => {
    const bench = new ProxyBench({ command: [process.execPath, fixture('hasty-server.mjs')] });
    await bench.connect();
    const slow = bench.text('slow');
    const restarted = bench.control?.restartWithEnv?.({ TOKEN: 'new' }, never);
    await new Promise((resolve) => setImmediate(resolve));
    const early = bench.text('token');
    expect(await slow).toBe('done');
    await restarted;
    expect(await early).toBe('new');
    expect(bench.healer.healed).toEqual([]);
    await bench.end();
  });

  it('settles the calls that the old server leaves open', async () => {
    const bench = new ProxyBench({ limits: { drainMs: 50 } });
    await bench.connect();
    const open = bench.call('never');
    await bench.control?.restartWithEnv?.({}, never);
    await bench.until(() => bench.healer.healed.length === 1);
    expect(bench.healer.healed[0]?.first).toMatchObject({ error: { code: 'UPSTREAM_DIED' } });
    bench.stop();
    expect(await open).toMatchObject({ error: { code: -32000 } });
    await bench.exitCode;
  });

  it('runs one restart after the other if two are requested', async () => {
    const bench = new ProxyBench();
    await bench.connect();
    await Promise.all([
      bench.control?.restartWithEnv?.({ ONE: '1' }, never),
      bench.control?.restartWithEnv?.({ TWO: '2' }, never),
    ]);
    expect([await bench.text('env', { name: 'ONE' }), await bench.text('env', { name: 'TWO' })]).toEqual(['1', '2']);
    await bench.end();
  });
});

describe('callTool', () => {
  it('calls a tool of the server for a fix', async () => {
    const bench = new ProxyBench();
    await bench.connect();
    const result = await bench.control?.callTool?.('hello', {}, new AbortController().signal);
    expect(result).toEqual({ content: [{ type: 'text', text: 'hello' }] });
    await bench.end();
  });
});
