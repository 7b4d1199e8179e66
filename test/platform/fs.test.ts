import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { errorCode, isNotFound, isPathNotFound } from '../../src/platform/fs.ts';

const failure = (path: string): unknown => {
  try {
    readFileSync(path);
  } catch (error) {
    return error;
  }
  throw new Error(`${path} was read`);
};

const here = fileURLToPath(import.meta.url);

describe('the code of an error', () => {
  it('is that of the system', () => {
    expect(errorCode(failure(`${here}.missing`))).toBe('ENOENT');
    expect(errorCode(failure(`${here}/below`))).toBe('ENOTDIR');
  });

  it.each([null, undefined, 'text', new Error('none')])('is undefined for %o', (error) => {
    expect(errorCode(error)).toBeUndefined();
  });

  it('tells a missing file from a path that leads to nothing', () => {
    expect([isNotFound, isPathNotFound].map((test) => test(failure(`${here}.missing`)))).toEqual([true, true]);
    expect([isNotFound, isPathNotFound].map((test) => test(failure(`${here}/below`)))).toEqual([false, true]);
    expect([isNotFound, isPathNotFound].map((test) => test(new Error('EACCES')))).toEqual([false, false]);
  });
});
