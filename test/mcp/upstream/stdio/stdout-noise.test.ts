import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { isJsonRpcLine, StdoutFilter } from '../../../../src/mcp/upstream/stdio/stdout-noise.ts';
import { fixture, ProxyBench } from '../../modes/proxy-bench.ts';

describe('a line of a server', () => {
  it.each([
    '{"jsonrpc":"2.0","id":1,"result":{}}',
    ' {"id":1,"result":{},"jsonrpc":"2.0"}\r\n',
    '{"jsonrpc":"2.0","method":"notifications/message","params":{}}',
    '{"jsonrpc":"2.0","error":{"code":-32700,"message":"Parse error"},"id":null}',
    '[{"jsonrpc":"2.0","id":1,"result":{}},{"jsonrpc":"2.0","method":"x"}]',
    '{"id":1,"result":{}}',
  ])('is a message: %s', (line) => {
    expect(isJsonRpcLine(Buffer.from(line))).toBe(true);
  });

  it.each([
    '',
    '\n',
    'Server started',
    '[INFO] listening',
    '[1, 2]',
    '[]',
    '{"level":30,"method":"GET","url":"/x"}',
    '{"id":7,"method":"GET"}',
    '{"jsonrpc":"2.0","id":1,"resu',
    'starting {"jsonrpc":"2.0","id":1,"result":{}}',
    '"jsonrpc"',
  ])('is noise: %s', (line) => {
    expect(isJsonRpcLine(Buffer.from(line))).toBe(false);
  });

  it('that is noise is written to stderr as it is, up to a maximum', () => {
    const stderr = new PassThrough();
    const filter = new StdoutFilter(stderr, () => {});
    filter.passes(Buffer.from([0xff, 0x0a]));
    filter.passes(Buffer.from('no line end'));
    filter.passes(Buffer.from(`${'x'.repeat(100_000)}\n`));
    const text = (stderr.read() as Buffer).toString('latin1');
    expect(text.startsWith('\xff\nno line end\nxxx')).toBe(true);
    expect(text.endsWith('x... (100001 bytes)\n')).toBe(true);
    expect(text.length).toBeLessThan(66_000);
  });

  it('that holds text and a message is reported once', () => {
    const said: string[] = [];
    const filter = new StdoutFilter(new PassThrough(), (text) => said.push(text));
    const line = Buffer.from('loading {"jsonrpc":"2.0","id":1,"result":{}}\n');
    expect([filter.passes(line), filter.passes(line)]).toEqual([false, false]);
    expect(said).toEqual([expect.stringContaining('cannot be separated')]);
  });
});

describe('a proxy with stdoutNoise: stderr', () => {
  it('keeps what the server logs away from the client, and passes messages byte for byte', async () => {
    const bench = new ProxyBench({
      command: [process.execPath, fixture('echo-lines.mjs')],
      stdoutNoise: 'stderr',
      limits: { maxLineBytes: 2_000 },
    });
    const message = '{"jsonrpc":"2.0", "method":"notifications/message","params":{"data":"\u00fc"}}\n';
    bench.send(`debug: one\n  and two\n\n${message}[INFO] ${'x'.repeat(1_500)}\n${message}half`);
    await bench.end();
    expect(bench.out).toBe(Buffer.from(message + message).toString('latin1'));
    expect(bench.err).toBe(`debug: one\n  and two\n\n[INFO] ${'x'.repeat(1_500)}\nhalf\n`);
  });
});
