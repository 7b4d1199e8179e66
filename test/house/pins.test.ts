import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import type { HealErrorCode } from '../../src/errors.ts';
import type { RunOutcome, RunReport } from '../../src/index.ts';
import type { FixRequest } from '../../src/model/fix.ts';
import { refusalCodes } from '../../src/model/refusal.ts';
import {
  channels,
  type Delivery,
  diagnosisClasses,
  fixModes,
  fixNames,
  type OutcomeStatus,
  onErrors,
  phases,
  situations,
  toolKinds,
} from '../../src/model/terms.ts';
import { commandEnvironment, leaseVariable } from '../../src/runner/environment.ts';
import { alreadyFixed } from '../../src/sharing/decide.ts';
import { root, sourcePaths } from './sources.ts';

// What others rely on, written out. A red test here means: be deliberate, and change both sides in one commit.

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

describe('the package', () => {
  it('offers these subpaths', () => {
    expect(Object.keys(manifest.exports)).toEqual([
      '.',
      './inspector',
      './machine',
      './mcp',
      './testing',
      './package.json',
    ]);
  });

  it('exports these names from the root', async () => {
    expect(Object.keys(await import('../../src/index.ts')).sort()).toEqual([
      'HealError',
      'channels',
      'createHealer',
      'diagnosisClasses',
      'evidenceGrades',
      'fixModes',
      'fixNames',
      'healErrorCodes',
      'phases',
      'refusalCodes',
      'situations',
      'toolKinds',
    ]);
  });

  it('exports these names from healflow/inspector', async () => {
    expect(Object.keys(await import('../../src/inspector/index.ts')).sort()).toEqual(['createInspector']);
  });

  it('exports these names from healflow/machine', async () => {
    expect(Object.keys(await import('../../machines/index.ts')).sort()).toEqual([
      'chart',
      'fromService',
      'healingMachine',
      'toMermaid',
      'toSvg',
    ]);
  });

  it('exports these names from healflow/mcp', async () => {
    expect(Object.keys(await import('../../src/mcp/index.ts')).sort()).toEqual(['healMcpServer', 'healingMetaKey']);
  });

  it('exports these names from healflow/testing', async () => {
    expect(Object.keys(await import('../../src/testing/index.ts')).sort()).toEqual([
      'FakeClock',
      'TestHealer',
      'chart',
      'chartMachine',
      'createTestHealer',
      'expectPath',
      'failures',
      'never',
      'recordPaths',
      'scriptedFix',
      'scriptedTool',
      'seededRandom',
      'settlePromises',
      'stories',
    ]);
  });

  it('ships these files and one program, as modules, for Node 20.19 and later', () => {
    expect(manifest.files).toEqual([
      'dist',
      'memory/patterns',
      'memory/README.md',
      'schema',
      'src/fleet/migrations',
      'docs/refusals.md',
      'docs/fleet.md',
      'docs/learning.md',
      'docs/inspector.md',
      'CHANGELOG.md',
      'SECURITY.md',
    ]);
    expect(manifest.bin).toEqual({ healflow: 'dist/src/cli/main.js' });
    expect(manifest.type).toBe('module');
    expect(manifest.engines).toEqual({ node: '>=20.19' });
    expect(manifest.license).toBe('MIT');
  });

  it('brings these packages along', () => {
    expect(Object.keys(manifest.dependencies)).toEqual([
      'commander',
      'cross-spawn',
      'eventsource-parser',
      'execa',
      'jsonc-parser',
      'openid-client',
      're2js',
      'undici',
      'xstate',
      'yaml',
      'zod',
    ]);
  });

  it('needs no peer: each is optional', () => {
    expect(Object.keys(manifest.peerDependenciesMeta)).toEqual(Object.keys(manifest.peerDependencies));
    expect(Object.values(manifest.peerDependenciesMeta)).toEqual(
      Object.keys(manifest.peerDependencies).map(() => ({ optional: true })),
    );
  });
});

describe('the error codes', () => {
  const codes = [
    'CONFIG_INVALID',
    'CONFIG_NOT_FOUND',
    'MEMORY_NOT_WRITABLE',
    'ATTEMPT_TIMEOUT',
    'COMMAND_NOT_FOUND',
    'PEER_MISSING',
    'CANNOT_LISTEN',
  ] as const;

  it('are these', () => {
    expectTypeOf<HealErrorCode>().toEqualTypeOf<(typeof codes)[number]>();
    const thrown = sourcePaths()
      .filter((path) => path !== 'src/errors.ts')
      .map((path) => readFileSync(join(root, path), 'utf8'))
      .join('\n');
    expect(codes.filter((code) => !thrown.includes(`'${code}'`))).toEqual([]);
  });
});

describe('the refusal codes', () => {
  it('are these', () => {
    expect(refusalCodes).toEqual([
      'CANCELLED',
      'HEALER_CLOSED',
      'RUN_BROKEN',
      'ATTEMPT_BROKEN',
      'ANALYSIS_BROKEN',
      'FIX_BROKEN',
      'DEADLINE_PASSED',
      'ATTEMPTS_EXHAUSTED',
      'PATIENCE_EXHAUSTED',
      'HEALING_SWITCHED_OFF',
      'NO_FIX_KNOWN',
      'FIX_NOT_CONFIGURED',
      'CLUSTER_NOT_CONFIGURED',
      'WAIT_EXCEEDS_DEADLINE',
      'FIX_USED_UP',
      'BREAKER_OPEN',
      'RETRY_BUDGET_SPENT',
      'BLAST_RADIUS',
      'FIX_COOLING_DOWN',
      'FIX_BUDGET_SPENT',
      'FIX_BUSY',
      'FLEET_LOST',
      'FIX_NOT_APPROVED',
      'APPROVAL_PENDING',
      'DRY_RUN',
      'FIX_FAILED',
      'FIX_TIMED_OUT',
      'FIX_REFUSED',
      'FIX_CANCELLED',
      'REPEAT_SWITCHED_OFF',
      'REPEAT_NEEDS_FIX',
      'REPEAT_UNSAFE',
      'REPEAT_USELESS',
    ]);
  });

  it('are all in use', () => {
    const used = sourcePaths()
      .filter((path) => path !== 'src/model/refusal.ts')
      .map((path) => readFileSync(join(root, path), 'utf8'))
      .join('\n');
    expect(refusalCodes.filter((code) => !used.includes(`'${code}'`))).toEqual([]);
  });
});

describe('the code of a fix that another run has made unnecessary', () => {
  it('is ALREADY_FIXED', () => {
    expect(alreadyFixed).toBe('ALREADY_FIXED');
  });
});

describe('the outcome of a run', () => {
  it('is the report with what the tool returned or threw', () => {
    expectTypeOf<RunOutcome<string>>().toEqualTypeOf<
      RunReport &
        (
          | { readonly ok: true; readonly value: string }
          | { readonly ok: false; readonly thrown: false; readonly value: string }
          | { readonly ok: false; readonly thrown: true; readonly error: unknown }
        )
    >();
  });
});

describe('the words', () => {
  it('for fixes and kinds of tools are the documented ones', () => {
    expect([...fixNames].sort()).toEqual([
      'cache_clear',
      'kube_login',
      'retry_backoff',
      'token_refresh',
      'vpn_connect',
      'wait_retry',
    ]);
    expect([...toolKinds].sort()).toEqual(['additive', 'destructive', 'idempotent', 'read-only', 'unannotated']);
    expect([...fixModes].sort()).toEqual(['ask', 'auto', 'dry-run']);
  });

  it('for diagnoses are the documented ones', () => {
    expect([...diagnosisClasses].sort()).toEqual([
      'auth',
      'network',
      'none',
      'rate',
      'resource',
      'server',
      'unrecognised',
      'usage',
    ]);
    expect([...channels].sort()).toEqual(['exception', 'isError', 'result']);
    expect([...phases].sort()).toEqual(['before_effect', 'unknown']);
    expectTypeOf<Delivery>().toEqualTypeOf<'no' | 'maybe'>();
  });

  it('for the repeat policy and the outcome are the documented ones', () => {
    expect([...situations].sort()).toEqual([
      'backend_error',
      'conflict',
      'internal_error',
      'interrupted',
      'not_sent',
      'rate_limited',
      'rejected',
      'unauthenticated',
      'unavailable',
    ]);
    expectTypeOf<OutcomeStatus>().toEqualTypeOf<'succeeded' | 'healed' | 'failed' | 'unknown'>();
  });

  it('of what is done about failures are these', () => {
    expect(onErrors).toEqual(['heal', 'retry', 'hand-back']);
  });

  it('leave no list unpinned', async () => {
    const terms = Object.entries(await import('../../src/model/terms.ts'));
    expect(terms.flatMap(([name, term]) => (Array.isArray(term) ? [name] : [])).sort()).toEqual([
      'channels',
      'diagnosisClasses',
      'evidenceGrades',
      'fixModes',
      'fixNames',
      'onErrors',
      'phases',
      'situations',
      'toolKinds',
    ]);
  });
});

describe('the request that a fix function receives', () => {
  it('has these fields', () => {
    expectTypeOf<keyof FixRequest>().toEqualTypeOf<
      | 'runId'
      | 'tool'
      | 'args'
      | 'diagnosis'
      | 'attempt'
      | 'signal'
      | 'remainingMs'
      | 'failedAttemptStartedAt'
      | 'approve'
      | 'lease'
    >();
  });
});

describe('the environment of a fix command', () => {
  it('holds these variables of its own', () => {
    const names = { fix: 'kube_login', target: 'staging', tool: 'k8s_get_pods' } as const;
    expect(commandEnvironment({}, [], names)).toEqual({
      TERM: 'dumb',
      HEALFLOW_FIX: 'kube_login',
      HEALFLOW_TARGET: 'staging',
      HEALFLOW_TOOL: 'k8s_get_pods',
    });
    expect(leaseVariable).toBe('HEALFLOW_LEASE');
  });
});

describe('the defaults of healflow.yaml', () => {
  const any = { tools: ['*'], timeoutMs: 30_000 };
  const held = {
    mode: 'auto',
    settleMs: 0,
    cooldownMs: 30_000,
    budget: { runs: 30, windowMs: 3_600_000 },
  };
  const command = { env: [], outputLimitBytes: 16_384 };

  it('are these where nothing is configured', () => {
    expect(configSchema.parse({})).toEqual({
      attempts: 3,
      healForNextCall: false,
      outagePatienceMs: 10_000,
      deadlineMs: 45_000,
      unannotated: 'default',
      log: 'failures',
      telemetry: 'auto',
      learn: { programs: [], control: 0.1, checks: true },
      tools: {},
      fixes: {
        own: {},
        retry_backoff: { ...any, baseMs: 200, maxMs: 5_000 },
        wait_retry: { tools: ['*'], defaultWaitMs: 1_000 },
      },
      proxy: {
        lazy: false,
        maxLineBytes: 64 * 1024 * 1024,
        graceMs: 2_000,
        drainMs: 5_000,
        hangMs: 60_000,
        startTimeoutMs: 30_000,
        stdoutNoise: 'pass',
        maxRestarts: 5,
        restartWindowMs: 60_000,
        progressEveryMs: 1_000,
        headers: {},
        connectTimeoutMs: 10_000,
        http: {
          hosts: [],
          origins: [],
          maxSessions: 100,
          sessionIdleMs: 1_800_000,
          upstream: 'own',
          keptBytes: 4 * 1024 * 1024,
          keepAliveMs: 15_000,
        },
      },
      breaker: { failures: 5, openMs: 30_000 },
      retryBudget: { retries: 500, windowMs: 10_000 },
      blastRadius: { maxShare: 1, minTools: 4, windowMs: 60_000 },
      patterns: [],
      patternFiles: [],
      secretEnv: [],
    });
  });

  it('are these where a fix or a tool is configured', () => {
    const oauth = { clientId: 'client', refreshTokenFile: 'refresh-token' };
    const { tools, fixes } = configSchema.parse({
      tools: { echo: {} },
      fixes: {
        kube_login: {},
        token_refresh: { oauth, deliver: { header: { name: 'authorization' } } },
        vpn_connect: { command: ['vpn'], probe: { tcp: 'localhost:1' } },
        cache_clear: {},
      },
    });
    expect(tools).toEqual({ echo: { onError: 'heal', replay: 'safe', upstream: 'default' } });
    expect(fixes.kube_login).toEqual([
      { ...any, ...held, ...command, clusters: {}, clusterArguments: ['cluster', 'context'] },
    ]);
    expect(fixes.token_refresh).toEqual([
      { ...any, ...held, ...command, oauth, deliver: { header: { name: 'authorization', value: 'Bearer {token}' } } },
    ]);
    expect(fixes.vpn_connect).toEqual([
      { ...any, ...held, ...command, command: ['vpn'], probe: { tcp: 'localhost:1', timeoutMs: 5_000 }, pollMs: 250 },
    ]);
    expect(fixes.cache_clear).toEqual([{ ...any, ...held, cooldownMs: 5_000, folders: [], allowedRoots: [] }]);
  });
});
