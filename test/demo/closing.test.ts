import { describe, expect, it } from 'vitest';
import { Closing } from '../../src/demo/closing.ts';

describe('closing', () => {
  it('runs the last cleanup first, even if one fails', async () => {
    const ended: string[] = [];
    const closing = new Closing();
    closing.add(() => ended.push('first'));
    closing.add(() => {
      throw new Error('no');
    });
    closing.add(async () => ended.push('last'));
    await closing.close();
    expect(ended).toEqual(['last', 'first']);
  });

  it('runs a cleanup immediately once it is closed', async () => {
    const closing = new Closing();
    await closing.close();
    await new Promise<void>((resolve) => closing.add(resolve));
    expect(closing).toBeDefined();
  });

  it('runs the synchronous cleanups once', () => {
    const killed: string[] = [];
    const closing = new Closing();
    closing.addKill(() => {
      throw new Error('it is gone');
    });
    closing.addKill(() => killed.push('left'));
    closing.killNow();
    closing.killNow();
    expect(killed).toEqual(['left']);
  });
});
