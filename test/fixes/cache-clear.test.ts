import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { UpstreamControl } from '../../src/model/fix.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { callOf, catalogueOf, fixOf, requestOf, temporaryFolder } from './support.ts';

const folders = () => {
  const baseDir = temporaryFolder();
  for (const name of ['cache/a', 'cache/b', 'outside']) mkdirSync(join(baseDir, name), { recursive: true });
  for (const name of ['cache/a/1', 'cache/a/2', 'cache/b/3', 'outside/precious'])
    writeFileSync(join(baseDir, name), '');
  return baseDir;
};

describe('cache_clear by folders', () => {
  it('empties them all, and takes a missing one for empty', async () => {
    const baseDir = folders();
    const cache_clear = { folders: ['cache/a', 'cache/b', 'cache/none'], allowedRoots: ['cache'] };
    const fix = fixOf('cache_clear', { cache_clear }, { baseDir });
    expect(fix.description).toBe('empties cache/a, cache/b, cache/none');
    expect(await fix.run(requestOf())).toMatchObject({
      fix: 'cache_clear',
      status: 'succeeded',
      reason: 'removed 3 entries from 2 folders; 1 folder does not exist',
    });
    expect(readdirSync(join(baseDir, 'cache'))).toEqual(['a', 'b']);
    expect(readdirSync(join(baseDir, 'cache/a'))).toEqual([]);
  });

  it('touches none of them where one is refused, and says why', async () => {
    const baseDir = folders();
    symlinkSync(join(baseDir, 'outside'), join(baseDir, 'cache/link'));
    const cache_clear = { folders: ['cache/a', 'cache/link', 'outside', '/', '..'], allowedRoots: ['cache'] };
    const report = await fixOf('cache_clear', { cache_clear }, { baseDir }).run(requestOf());
    expect(report.status).toBe('refused');
    expect(report.reason).toContain('nothing was removed: ');
    expect(report.reason).toContain('cache/link is a symbolic link');
    expect(report.reason).toContain('/ is the root of the file system');
    expect(readdirSync(join(baseDir, 'cache/a'))).toEqual(['1', '2']);
    expect(existsSync(join(baseDir, 'outside/precious'))).toBe(true);
  });

  it('refuses the folder of the config', async () => {
    const baseDir = folders();
    const cache_clear = { folders: ['.'], allowedRoots: ['.'] };
    expect(await fixOf('cache_clear', { cache_clear }, { baseDir }).run(requestOf())).toMatchObject({
      status: 'refused',
      reason: expect.stringContaining('holds the configuration'),
    });
  });

  it('is not available where nothing is configured', () => {
    expect(catalogueOf({ cache_clear: {} }).select('cache_clear', callOf())).toEqual({
      code: 'FIX_NOT_CONFIGURED',
      reason: 'cache_clear has neither `folders` nor a `tool`',
    });
  });
});

describe('cache_clear by a tool of the upstream', () => {
  const cache_clear = { tool: { name: 'flush', arguments: { all: true } } };
  const withTool = (callTool: NonNullable<UpstreamControl['callTool']>, clock = new FakeClock()) =>
    fixOf('cache_clear', { cache_clear }, { clock, upstream: { callTool } }).run(requestOf());

  it('calls it with the configured arguments', async () => {
    const callTool = vi.fn(async () => ({ content: [] }));
    expect(await withTool(callTool)).toMatchObject({ status: 'succeeded', reason: 'the tool flush answered' });
    expect(callTool).toHaveBeenCalledExactlyOnceWith('flush', { all: true }, expect.any(AbortSignal));
  });

  it.each([
    [
      'answers with an error',
      async () => ({ isError: true, content: 'dummy-secret' }),
      'the tool flush answered with an error',
    ],
    ['rejects', () => Promise.reject(new Error('gone')), 'the tool flush failed: gone'],
  ])('has failed where it %s', async (_how, callTool, reason) => {
    const report = await withTool(callTool);
    expect(report).toMatchObject({ status: 'failed', reason });
    expect(JSON.stringify(report)).not.toContain('dummy-secret');
  });

  it('runs out of time where it never answers', async () => {
    const clock = new FakeClock();
    const report = withTool(() => new Promise(() => {}), clock);
    await clock.advance(30_000);
    expect(await report).toMatchObject({
      status: 'timed_out',
      reason: 'not done within 30000 ms: the tool flush had not answered',
    });
  });

  it('is not available without an upstream', () => {
    expect(catalogueOf({ cache_clear }).select('cache_clear', callOf())).toMatchObject({ code: 'FIX_NOT_CONFIGURED' });
  });

  it('goes with folders: first they are emptied, then it is called', async () => {
    const baseDir = folders();
    const both = { ...cache_clear, folders: ['cache/a'], allowedRoots: ['cache'] };
    const callTool = vi.fn(async () => readdirSync(join(baseDir, 'cache/a')).length);
    const fix = fixOf('cache_clear', { cache_clear: both }, { baseDir, upstream: { callTool } });
    expect(await fix.run(requestOf())).toMatchObject({
      status: 'succeeded',
      reason: 'removed 2 entries from 1 folder; the tool flush answered',
    });
    expect(await callTool.mock.results[0]?.value).toBe(0);
  });
});
