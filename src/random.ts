import type { Random } from './model/clock.ts';

/** The machine's own randomness; not for secrets. */
export const systemRandom: Random = () => Math.random();

const piece = (random: Random): string =>
  Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');

/** Makes an id of 64 random bits, as 16 hexadecimal digits. */
export const randomId = (random: Random): string => piece(random) + piece(random);
