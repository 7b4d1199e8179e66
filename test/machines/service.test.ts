import { describe, expect, it, vi } from 'vitest';
import { createActor, toPromise } from 'xstate';
import { fromService } from '../../machines/index.ts';

const started = <TOutput>(run: Parameters<typeof fromService<TOutput, number>>[0]) =>
  toPromise(createActor(fromService(run), { input: 1 }).start());

describe('fromService', () => {
  it('puts out what the function returns, at once or later', async () => {
    expect(await started(({ input }) => input + 1)).toBe(2);
    expect(await started(async ({ input }) => input + 1)).toBe(2);
  });

  it('fails with what the function throws or rejects with, untouched', async () => {
    const error = new Error('broken');
    const thrown = started(() => {
      throw error;
    });
    await expect(thrown).rejects.toBe(error);
    await expect(started(() => Promise.reject(error))).rejects.toBe(error);
    await expect(started(() => Promise.reject(undefined))).rejects.toBeUndefined();
  });

  it('takes a thenable that is no promise', async () => {
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
    const thenable = { then: (resolve: (value: string) => void) => resolve('later') } as PromiseLike<string>;
    expect(await started(() => thenable)).toBe('later');
  });

  it('gives one signal, that aborts when the service is stopped', () => {
    const signals: AbortSignal[] = [];
    const actor = createActor(
      fromService<never, number>((call) => {
        signals.push(call.signal, call.signal);
        return new Promise(() => {});
      }),
      { input: 1 },
    ).start();
    expect(signals[0]).toBe(signals[1]);
    expect(signals[0]?.aborted).toBe(false);
    actor.stop();
    expect(signals[0]?.aborted).toBe(true);
  });

  it('drops what comes after it was stopped, without a word', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const finishers: ((value: string) => void)[] = [];
    const actor = createActor(
      fromService<string, number>(() => new Promise((resolve) => void finishers.push(resolve))),
      { input: 1 },
    ).start();
    actor.stop();
    for (const finish of finishers) finish('too late');
    await new Promise(setImmediate);
    expect(actor.getSnapshot()).toMatchObject({ status: 'stopped', output: undefined });
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});
