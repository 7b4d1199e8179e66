import { describe, expect, it } from 'vitest';
import { parseSource, readSources } from './sources.ts';

const sources = [...readSources().values()];

/** The demo is a little world of real servers, with real time. */
const inDemo = (path: string): boolean => path.startsWith('src/demo/');

const importersOf = (...targets: string[]): string[] =>
  sources
    .filter(
      ({ path, imports }) =>
        !inDemo(path) && imports.some(({ kind, target }) => kind !== 'type' && targets.includes(target)),
    )
    .map(({ path }) => path);

describe('the sources', () => {
  it('ask the clock and chance in one module each', () => {
    const impure = sources.filter(({ path, impure }) => !inDemo(path) && impure.length > 0);
    expect(Object.fromEntries(impure.map(({ path, impure }) => [path, [...new Set(impure)].sort()]))).toEqual({
      'src/clock.ts': ['Date.now', 'node:perf_hooks performance', 'performance.now', 'setTimeout'],
      'src/random.ts': ['Math.random'],
      // The tests of others are given a turn of the event loop, and no time.
      'src/platform/slices.ts': ['setImmediate'],
      'src/testing/fake-clock.ts': ['setImmediate'],
      // The token that opens the page, too.
      'src/sharing/process-token.ts': ['node:crypto randomBytes'],
      // The id of a session must be one that nobody can guess.
      'src/mcp/downstream/http/session-store.ts': ['node:crypto randomBytes'],
      'src/mcp/modes/compatible-endpoint.ts': ['node:crypto randomBytes'],
      // A key that digests of arguments need, where the one of the machine cannot be read.
      'src/learning/args-digest.ts': ['node:crypto randomBytes'],
      // The id of a question must be one that the MCP server cannot guess.
      'src/mcp/jsonrpc/ids.ts': ['node:crypto randomBytes'],
      // The name of a temporary file may be any.
      'src/platform/replace-file.ts': ['node:crypto randomUUID'],
      // Nobody can guess a key.
      'src/sharing/machine-key.ts': ['node:crypto randomBytes'],
      // The name of a lock is unlike all others, and no part of what is drawn by lot.
      'src/sharing/identity.ts': ['node:crypto randomUUID'],
    });
  });

  it('start programs in one module for fixes and probes, and in two for upstream servers and what watches them', () => {
    expect(importersOf('node:child_process', 'cross-spawn', 'execa', 'node:cluster', 'node:worker_threads')).toEqual([
      'src/mcp/upstream/stdio/child-server.ts',
      'src/platform/command.ts',
      'src/platform/watchdog.ts',
    ]);
  });

  it('open no socket and no file from the statecharts and the pure modules', () => {
    const io = sources
      .filter(({ path }) =>
        /^(machines\/|src\/(model|text|diagnosis(?!\/(index|pattern-files|shipped)\.ts)|limits|policy|redact)\/)|^src\/(errors|config\/schema)\.ts$/.test(
          path,
        ),
      )
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ kind, target }) => kind !== 'type' && /^(node:|execa$|openid-client$)|package-root/.test(target))
          .map(({ target }) => `${path} -> ${target}`),
      );
    expect(io).toEqual([]);
  });
});

describe('the scan', () => {
  const impure = (text: string): readonly string[] => parseSource('src/a.ts', text).impure;

  it('sees the clock, the timers and chance', () => {
    expect(impure('Date.now(); new Date(); performance.now(); Math.random(); setTimeout(f, 1);')).toEqual([
      'Date.now',
      'new Date()',
      'performance.now',
      'Math.random',
      'setTimeout',
    ]);
  });

  it('sees them in the modules that hold them, and lets the rest of these be', () => {
    expect(impure("import { createHash, randomUUID as id } from 'node:crypto'; import * as t from 'timers';")).toEqual([
      'node:crypto randomUUID',
      'timers *',
    ]);
    expect(impure("import { setImmediate, setTimeout } from 'node:timers/promises';")).toEqual([
      'node:timers/promises setTimeout',
    ]);
  });

  it('lets a date be made from a given time, and a given clock be asked', () => {
    expect(impure('new Date(ms); clock.now(); clock.setTimeout(f, 1); random.next(); Math.max(1, 2);')).toEqual([]);
  });
});
