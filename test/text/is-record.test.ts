import { expect, it } from 'vitest';
import { isRecord } from '../../src/text/is-record.ts';

it.each([{}, { a: 1 }, Object.create(null), new Date(0)])('accepts the object %o', (value) => {
  expect(isRecord(value)).toBe(true);
});

it.each([null, undefined, [], 'text', 1, true, () => {}])('rejects %o', (value) => {
  expect(isRecord(value)).toBe(false);
});
