import { describe, expect, it } from 'vitest';
import { Slices } from '../../src/platform/slices.ts';

/** Keeps the processor busy, so that the slice is over whatever the machine's speed. */
const busyFor = (ms: number): void => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

/** Slices whose present one is used up. */
const usedUp = (now = () => 0) => {
  const slices = new Slices(now, () => performance.now());
  expect(slices.begin(undefined, 1)).toBeUndefined();
  busyFor(10);
  return slices;
};

describe('the work of many calls', () => {
  it('goes at once while its turn of the event loop has time, and then in later ones', async () => {
    const slices = usedUp();
    const waits = Array.from({ length: 40 }, () => slices.begin(undefined, 1));
    expect(waits.every((wait) => wait instanceof Promise)).toBe(true);
    expect(slices.busy).toBe(true);
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await Promise.all(waits);
    isDone = true;
    expect(turns).toBeGreaterThan(1);
    expect(slices.busy).toBe(false);
  });

  it('lets timers come in between', async () => {
    const slices = usedUp();
    let fired = false;
    setTimeout(() => {
      fired = true;
    }, 0);
    const seen: boolean[] = [];
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        await slices.begin(undefined, 1);
        busyFor(4);
        seen.push(fired);
      }),
    );
    expect(seen.at(-1)).toBe(true);
  });

  it('goes on before other work begins', async () => {
    const slices = usedUp();
    const order: string[] = [];
    const beginning = slices.begin(undefined, 1)?.then(() => order.push('begins'));
    const continuing = slices.continue(new AbortController().signal)?.then(() => order.push('goes on'));
    await Promise.all([beginning, continuing]);
    expect(order).toEqual(['goes on', 'begins']);
  });

  it('does not wait once it is cancelled', async () => {
    const slices = usedUp();
    const control = new AbortController();
    expect(slices.begin(AbortSignal.abort(), 1)).toBeUndefined();
    const order: string[] = [];
    const first = slices.begin(undefined, 1)?.then(() => order.push('first'));
    const second = slices.begin(control.signal, 1)?.then(() => order.push('second'));
    control.abort();
    await Promise.all([first, second]);
    expect(order).toEqual(['second', 'first']);
    expect(slices.busy).toBe(false);
  });

  it('does not wait once its time has come', async () => {
    let now = 0;
    const slices = usedUp(() => now);
    const order: number[] = [];
    const all = Array.from({ length: 30 }, (_, index) =>
      slices.begin(undefined, index === 29 ? 5 : 100)?.then(() => order.push(index)),
    );
    now = 5;
    await Promise.all(all);
    expect(order[0]).toBe(29);
    expect(order).toHaveLength(30);
  });
});
