import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Outbox } from '../../../src/mcp/jsonrpc/outbox.ts';

/** A stream whose writes end when the test says so. */
class SlowStream extends Writable {
  readonly written: string[] = [];
  #done: ((error?: Error) => void) | undefined;

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.written.push(chunk.toString());
    this.#done = done;
  }

  async finish(error?: Error): Promise<void> {
    this.#done?.(error);
    await settle();
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const line = (text: string): Buffer => Buffer.from(`${text}\n`);

const outboxWith = (): { stream: SlowStream; outbox: Outbox; drains: () => number } => {
  const stream = new SlowStream();
  let drains = 0;
  const outbox = new Outbox(stream, () => {
    drains += 1;
  });
  return { stream, outbox, drains: () => drains };
};

describe('Outbox', () => {
  it('writes what has come in one turn with one write, and the rest with the next', async () => {
    const { stream, outbox } = outboxWith();
    outbox.push(line('a'));
    outbox.push(line('b'));
    await settle();
    outbox.push(line('c'));
    outbox.push(line('d'));
    await stream.finish();
    expect(stream.written).toEqual(['a\nb\n', 'c\nd\n']);
    expect(outbox.empty).toBe(false);
    await stream.finish();
    expect(outbox.empty).toBe(true);
  });

  it('passes half a line on as it is, and ends it before the next message', async () => {
    const { stream, outbox } = outboxWith();
    outbox.push(Buffer.from('half'));
    await settle();
    await stream.finish();
    outbox.push(line('whole'));
    await settle();
    expect(stream.written).toEqual(['half', '\nwhole\n']);
  });

  it('is full at 1 MiB, and says when there is room again', async () => {
    const { stream, outbox, drains } = outboxWith();
    outbox.push(line('small'));
    await settle();
    outbox.push(Buffer.alloc(1_048_576, '\n'));
    expect(outbox.full).toBe(true);
    await stream.finish();
    expect([outbox.full, drains()]).toEqual([true, 0]);
    await stream.finish();
    expect([outbox.full, drains()]).toEqual([false, 1]);
  });

  it('takes back what is not on its way yet', async () => {
    const { stream, outbox } = outboxWith();
    outbox.push(line('a'), '1');
    await settle();
    outbox.push(line('b'), '2');
    outbox.push(line('c'), '3');
    expect([outbox.withdraw('1'), outbox.withdraw('2'), outbox.withdraw('2')]).toEqual([false, true, false]);
    await stream.finish();
    await stream.finish();
    expect(stream.written).toEqual(['a\n', 'c\n']);
  });

  it('knows what certainly did not arrive when a write has failed: its last message and all after it', async () => {
    const { stream, outbox, drains } = outboxWith();
    outbox.push(line('a'), '1');
    outbox.push(line('b'), '2');
    await settle();
    outbox.push(line('c'), '3');
    await stream.finish(new Error('EPIPE'));
    expect(outbox.broken).toBe(true);
    expect(outbox.unsent.map(({ key }) => key)).toEqual(['2', '3']);
    expect(drains()).toBe(1);
    await outbox.whenEmpty();
  });
});
