import { PassThrough, Readable, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { classify } from '../../src/cli/classify.ts';

const start = (input: Readable): { done: Promise<number>; written: { out: string; err: string } } => {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err'): Writable =>
    new Writable({
      write(chunk, _, done) {
        written[name] += String(chunk);
        done();
      },
    });
  return { done: classify(input, { stdout: stream('out'), stderr: stream('err'), cwd: '.', env: {} }), written };
};

const row = (members: object): string => `${JSON.stringify(members)}\n`;

describe('healflow classify', () => {
  it('writes one diagnosis per line', async () => {
    const { done, written } = start(
      Readable.from([
        row({
          id: 1,
          tool: 'git',
          channel: 'isError',
          text: 'fatal: Authentication failed for https://bot:hunter2secret@git.example.com/',
        }),
        row({ id: 'b', tool: 'psql', channel: 'result', text: 'INSERT 0 1' }),
        row({ id: 3, channel: 'exception', text: '429 Too Many Requests. Please try again in 1m30s.' }),
      ]),
    );
    expect(await done).toBe(0);
    const answers = written.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers).toMatchObject([
      {
        id: 1,
        failure: true,
        class: 'auth',
        fix: 'token_refresh',
        delivered: 'no',
        retry_after_ms: null,
        pattern: 'auth.bad_credentials',
      },
      { id: 'b', failure: false, class: 'none', fix: null, pattern: 'healthy', redacted: 'INSERT 0 1' },
      { id: 3, class: 'rate', fix: 'wait_retry', retry_after_ms: 90_000 },
    ]);
    expect(Object.keys(answers[0])).toEqual([
      'id',
      'failure',
      'class',
      'fix',
      'delivered',
      'retry_after_ms',
      'redacted',
      'pattern',
      'recognised',
    ]);
    expect(written.out).not.toContain('hunter2secret');
  });

  it('gives a failure that no pattern matches as one for the caller, and says that it was not recognised', async () => {
    const { done, written } = start(
      Readable.from([
        row({ id: 1, channel: 'isError', text: 'the frobnicator is in a mood' }),
        row({ id: 2, channel: 'isError', text: 'unknown flag: --frob' }),
      ]),
    );
    expect(await done).toBe(0);
    expect(
      written.out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      {
        id: 1,
        failure: true,
        class: 'usage',
        fix: null,
        delivered: 'maybe',
        pattern: 'unrecognised',
        recognised: false,
      },
      { id: 2, failure: true, class: 'usage', fix: null, recognised: true },
    ]);
  });

  it('reports invalid lines by number, diagnoses the others, and exits with 1', async () => {
    const { done, written } = start(
      Readable.from([
        'nope\n\n',
        row({ text: 5 }),
        row({ text: 'x', channel: 'frob' }),
        '[]\n',
        row({ id: 6, text: 'timeout' }),
      ]),
    );
    expect(await done).toBe(1);
    expect(written.out.trimEnd().split('\n')).toHaveLength(1);
    expect(written.err.trimEnd().split('\n')).toEqual([
      'healflow classify: line 1: not a JSON object',
      'healflow classify: line 3: `text` must be a string',
      'healflow classify: line 4: `channel` must be one of result, isError, exception',
      'healflow classify: line 5: not a JSON object',
    ]);
  });

  it('writes the diagnosis of a line before the next one arrives', async () => {
    const input = new PassThrough();
    const { done, written } = start(input);
    input.write(row({ id: 1, text: 'timeout' }));
    while (written.out === '') await new Promise((resolve) => setImmediate(resolve));
    expect(JSON.parse(written.out)).toMatchObject({ id: 1, class: 'network' });
    input.end();
    expect(await done).toBe(0);
  });
});
