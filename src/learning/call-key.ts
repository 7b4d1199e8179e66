import { hash } from 'node:crypto';
import { isRecord } from '../text/is-record.ts';

type Args = Readonly<Record<string, unknown>> | undefined;

/** What one value counts for beside its text, in bytes. */
const valueBytes = 8;

/** Whether a value takes at most this many bytes, about as JSON counts them. Stops as soon as it takes more, so a cycle ends too. */
export const isWithinBytes = (value: unknown, maxBytes: number): boolean => {
  let left = maxBytes;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    left -= valueBytes;
    if (typeof next === 'string') left -= next.length > left ? next.length : Buffer.byteLength(next);
    else if (ArrayBuffer.isView(next) || next instanceof ArrayBuffer) left -= next.byteLength;
    else if (Array.isArray(next)) {
      if (next.length > left) return false;
      for (const item of next) open.push(item);
    } else if (typeof next === 'object' && next !== null) {
      for (const [name, item] of Object.entries(next)) {
        left -= name.length;
        open.push(item);
      }
    }
    if (left < 0) return false;
  }
  return true;
};

/** The order of names does not count. */
const inOrder = (_name: string, value: unknown): unknown =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;

/**
 * What tells the arguments of a call from others within this process; empty if they are not known or take more than `maxBytes`, so that
 * the name of the tool alone tells its calls apart.
 */
export const argsKeyOf = (args: Args, maxBytes: number): string => {
  try {
    if (args === undefined || !isWithinBytes(args, maxBytes)) return '';
    return hash('sha256', JSON.stringify(args, inOrder), 'base64url');
  } catch {
    return '';
  }
};
