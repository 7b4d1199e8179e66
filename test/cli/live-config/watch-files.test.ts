import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stampsOf, watchFiles } from '../../../src/cli/live-config/watch-files.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healflow-watch-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const watching = (path: string) => {
  const clock = new FakeClock();
  let changes = 0;
  const onChange = async (): Promise<void> => {
    changes += 1;
  };
  const stop = watchFiles({ paths: () => [path], read: stampsOf([path]), clock, everyMs: 500, onChange });
  const look = async (): Promise<number> => {
    await clock.advance(500);
    return changes;
  };
  return { look, stop };
};

describe('watchFiles', () => {
  it('waits until a file is at rest', async () => {
    const path = join(folder, 'a');
    writeFileSync(path, '1');
    const { look, stop } = watching(path);
    expect(await look()).toBe(0);
    writeFileSync(path, '22');
    expect(await look()).toBe(0);
    writeFileSync(path, '333');
    expect(await look()).toBe(0);
    expect(await look()).toBe(1);
    expect(await look()).toBe(1);
    stop();
    writeFileSync(path, '4444');
    await look();
    expect(await look()).toBe(1);
  });

  it('sees a file that comes, goes or is replaced, also behind a link', async () => {
    const path = join(folder, 'link');
    const target = join(folder, 'target');
    symlinkSync(target, path);
    const { look, stop } = watching(path);
    writeFileSync(target, '1');
    await look();
    expect(await look()).toBe(1);
    writeFileSync(`${target}.new`, '2');
    renameSync(`${target}.new`, target);
    await look();
    expect(await look()).toBe(2);
    rmSync(target);
    await look();
    expect(await look()).toBe(3);
    stop();
  });
});
