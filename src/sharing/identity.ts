import { createHash, randomUUID } from 'node:crypto';

/** JSON whose keys are in order, so that equal values give equal texts. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, canonical(member)]),
  );
};

/** Derives a name from what a fix does: 128 bits of its SHA-256, as 32 hexadecimal digits. Secrets in it cannot be recovered. */
export const digest = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(canonical(value)))
    .digest('hex')
    .slice(0, 32);

/**
 * Creates a unique name, as 16 hexadecimal digits. It does not use the seeded random source: processes
 * that draw alike, as in a test, must not take each other's locks for their own.
 */
export const uniqueId = (): string => {
  // Node draws for many of them at once, which `randomBytes` does not. The digits without the version number.
  const drawn = randomUUID();
  return drawn.slice(19, 23) + drawn.slice(24);
};
