import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { compiledFile } from '../house/compiled.ts';
import { readSources } from '../house/sources.ts';

describe('the example of the testing kit', () => {
  it('runs like for a user', async () => {
    const { exitCode, stderr } = await execa(process.execPath, [compiledFile('test/readme/testing.ts')], {
      timeout: 30_000,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });
});

describe('the testing kit', () => {
  it('needs no test runner', () => {
    const kit = [...readSources().values()].filter(({ path }) => path.startsWith('src/testing/'));
    expect(kit.length).toBeGreaterThan(5);
    const packages = kit.flatMap(({ imports }) => imports.map(({ specifier }) => specifier ?? ''));
    expect(packages.filter((name) => /vitest|jest|mocha|node:test/.test(name))).toEqual([]);
  });
});
