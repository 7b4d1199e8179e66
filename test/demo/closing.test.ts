import { describe, expect, it } from 'vitest';
import { Closing } from '../../src/demo/closing.ts';

describe('closing', () => {
  it('ends the last thing first, whether or not one of them fails', async () => {
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

  it('ends at once what comes after the end', async () => {
    const closing = new Closing();
    await closing.close();
    await new Promise<void>((resolve) => closing.add(resolve));
    expect(closing).toBeDefined();
  });

  it('kills what is left without waiting, once', () => {
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
