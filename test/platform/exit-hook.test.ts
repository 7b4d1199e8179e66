import { expect, it } from 'vitest';
import { onExit } from '../../src/platform/exit-hook.ts';

it('tasks at the exit share one listener, which goes with the last of them', () => {
  const before = process.listeners('exit');
  const ran: number[] = [];
  const cancels = Array.from({ length: 20 }, (_, at) => onExit(() => ran.push(at)));
  const added = process.listeners('exit').filter((listener) => !before.includes(listener));
  expect(added).toHaveLength(1);
  cancels[3]?.();
  (added[0] as () => void)();
  expect(ran).toEqual(Array.from({ length: 20 }, (_, at) => at).filter((at) => at !== 3));
  for (const cancel of cancels) cancel();
  expect(process.listeners('exit')).toEqual(before);
});
