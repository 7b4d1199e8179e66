import { context, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import type { HealerParts } from '../../src/healer/parts.ts';
import { createRedactor } from '../../src/redact/index.ts';
import { loadTelemetry } from '../../src/telemetry/load.ts';
import type { Telemetry } from '../../src/telemetry/port.ts';
import { isTelemetryEnabled } from '../../src/telemetry/wanted.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { diagnosisOf, ScriptedError, scriptedFix, testHealer } from '../support/healer.ts';
import { isError, registerSdk, spanNamed, treeOf } from './support.ts';

const secret = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

const load = async (clock: FakeClock, warnings: string[] = []): Promise<Telemetry> => {
  const telemetry = await loadTelemetry({
    clock,
    redact: createRedactor({ env: {} }),
    warn: (message) => warnings.push(message),
    cwd: process.cwd(),
    required: true,
  });
  if (telemetry === undefined) throw new Error('there is no telemetry');
  return telemetry;
};

/** A healer with traced runs and a fake clock. */
const traced = async (fixes = [scriptedFix('token_refresh')], more: Partial<HealerParts> = {}) => {
  const clock = new FakeClock();
  const warnings: string[] = [];
  const telemetry = await load(clock, warnings);
  return { ...testHealer(fixes, { clock, telemetry, ...more }), clock, warnings };
};

describe('telemetry', () => {
  it('is enabled if an SDK is registered, or if it is configured', () => {
    expect((['auto', 'on', 'off'] as const).map(isTelemetryEnabled)).toEqual([false, true, false]);
    registerSdk();
    expect((['auto', 'on', 'off'] as const).map(isTelemetryEnabled)).toEqual([true, true, false]);
  });

  it('creates spans of a healed run, its attempts and its fix', async () => {
    const sdk = registerSdk();
    const { healer, clock } = await traced();
    const value = { content: [] };
    const healed = healer.run('get_pods', async ({ attempt }) => {
      await clock.advance(250);
      if (attempt === 1) throw new ScriptedError();
      return value;
    });
    await expect(healed).resolves.toBe(value);
    expect(treeOf(sdk.spans())).toEqual([
      {
        name: 'execute_tool get_pods',
        parts: [
          { name: 'attempt get_pods', parts: [] },
          { name: 'fix token_refresh', parts: [] },
          { name: 'attempt get_pods', parts: [] },
        ],
      },
    ]);
    const run = spanNamed(sdk.spans(), 'execute_tool get_pods');
    expect(run.attributes).toEqual({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'get_pods',
      'healflow.run.id': expect.any(String),
      'healflow.outcome': 'healed',
      'healflow.attempts': 2,
      'healflow.tool.kind': 'unannotated',
      'healflow.class': 'auth',
      'healflow.pattern': 'test.auth',
    });
    expect([isError(run), run.startTime, run.endTime]).toEqual([
      false,
      [Date.UTC(2026, 1, 4, 10, 30) / 1_000, 0],
      [Date.UTC(2026, 1, 4, 10, 30) / 1_000, 500_000_000],
    ]);
    const first = spanNamed(sdk.spans(), 'attempt get_pods');
    expect([isError(first), first.status.message, first.attributes]).toEqual([
      true,
      'Unauthorized',
      { 'gen_ai.tool.name': 'get_pods', 'healflow.attempt': 1, 'error.type': 'Error' },
    ]);
    expect(spanNamed(sdk.spans(), 'fix token_refresh').attributes).toMatchObject({
      'healflow.fix': 'token_refresh',
      'healflow.fix.status': 'succeeded',
    });
  });

  it('measures runs and fixes in seconds, and counts healed runs', async () => {
    const sdk = registerSdk();
    const { healer, clock } = await traced();
    await healer.run('ok', () => 'fine');
    await healer.run('get_pods', async ({ attempt }) => {
      await clock.advance(1_500);
      if (attempt === 1) throw new ScriptedError();
    });
    const runs = await sdk.points('healflow.run.duration');
    expect(runs.unit).toBe('s');
    expect(runs.points).toEqual([
      { attributes: { 'gen_ai.tool.name': 'ok', 'healflow.outcome': 'succeeded' }, value: { count: 1, sum: 0 } },
      { attributes: { 'gen_ai.tool.name': 'get_pods', 'healflow.outcome': 'healed' }, value: { count: 1, sum: 3 } },
    ]);
    expect((await sdk.points('healflow.healings')).points).toEqual([
      {
        attributes: {
          'gen_ai.tool.name': 'get_pods',
          'healflow.outcome': 'healed',
          'healflow.class': 'auth',
          'healflow.fix': 'token_refresh',
        },
        value: 1,
      },
    ]);
    expect((await sdk.points('healflow.fix.duration')).points).toHaveLength(1);
  });

  it("uses the attempt as the parent of the tool's spans, and the caller as the parent of the run", async () => {
    const sdk = registerSdk();
    const { healer } = await traced();
    const tracer = trace.getTracer('test');
    await tracer.startActiveSpan('caller', async (caller) => {
      await healer.run('get_pods', async ({ attempt }) => {
        await Promise.resolve();
        tracer.startSpan('GET /pods').end();
        if (attempt === 1) throw new ScriptedError();
      });
      caller.end();
    });
    expect(treeOf(sdk.spans())).toMatchObject([
      {
        name: 'caller',
        parts: [
          {
            name: 'execute_tool get_pods',
            parts: [
              { name: 'attempt get_pods', parts: [{ name: 'GET /pods' }] },
              { name: 'fix token_refresh' },
              { name: 'attempt get_pods', parts: [{ name: 'GET /pods' }] },
            ],
          },
        ],
      },
    ]);
  });

  it('returns the same error of the tool, and records its type and a redacted line', async () => {
    const sdk = registerSdk();
    const { healer } = await traced([], { diagnose: () => diagnosisOf({ fixes: [], summary: 'forbidden' }) });
    const error = Object.assign(new Error(`no access with ${secret}`), { code: 'EACCES' });
    await expect(healer.run('pay', () => Promise.reject(error))).rejects.toBe(error);
    const run = spanNamed(sdk.spans(), 'execute_tool pay');
    expect(run.attributes).toMatchObject({ 'error.type': 'EACCES', 'healflow.refusal': 'NO_FIX_KNOWN' });
    expect([isError(run), run.status.message]).toEqual([true, 'forbidden']);
    expect(spanNamed(sdk.spans(), 'attempt pay').status.message).toMatch(/^no access with \[redacted/);
    expect(
      JSON.stringify(sdk.spans().map(({ name, attributes, status }) => ({ name, attributes, status }))),
    ).not.toContain(secret);
  });

  it('names a failed result as in the conventions, and masks a secret in the name of a tool', async () => {
    const sdk = registerSdk();
    const { healer } = await traced([]);
    const value = { isError: true };
    await expect(healer.run(secret, () => value)).resolves.toBe(value);
    const [run] = sdk.spans().slice(-1);
    expect(run?.name).toMatch(/^execute_tool \[redacted/);
    expect(run?.attributes['error.type']).toBe('tool_error');
  });

  it('ends the span of an aborted attempt that never ends', async () => {
    const sdk = registerSdk();
    const { healer, clock } = await traced();
    const run = healer.run('slow', ({ attempt }) =>
      attempt === 1 ? Promise.reject(new ScriptedError()) : new Promise(() => {}),
    );
    const ended = expect(run).rejects.toBeInstanceOf(ScriptedError);
    await clock.advance(60_000);
    await ended;
    expect(sdk.spans().filter(({ attributes }) => attributes['error.type'] === 'abandoned')).toHaveLength(1);
  });

  it('adds the attempt that a relay made before healing', async () => {
    const sdk = registerSdk();
    const { healer, clock } = await traced();
    await clock.advance(5_000);
    const first = { thrown: true, error: new ScriptedError() } as const;
    await healer.heal('get_pods', first, () => 'pods', { startedAt: 3_000 });
    const attempt = spanNamed(sdk.spans(), 'attempt get_pods');
    expect([attempt.duration, attempt.attributes['healflow.attempt']]).toEqual([[2, 0], 1]);
  });

  it.each([[{ eager: true }], [{ eager: false }]])(
    'creates the same spans however a run starts: %o',
    async (options) => {
      const sdk = registerSdk();
      const { healer } = await traced();
      await healer.run('t', ({ attempt }) => (attempt === 1 ? Promise.reject(new ScriptedError()) : 1), options);
      expect(treeOf(sdk.spans())).toMatchObject([{ parts: [{}, {}, {}] }]);
    },
  );

  it('never affects a run: an SDK that throws is reported once', async () => {
    const broken = {
      onStart: () => {
        throw new Error('broken processor');
      },
      onEnd: () => {
        throw new Error('broken processor');
      },
      forceFlush: async () => {},
      shutdown: async () => {},
    };
    registerSdk([broken]);
    const { healer, warnings } = await traced();
    const value = {};
    const task = ({ attempt }: { attempt: number }) => (attempt === 1 ? Promise.reject(new ScriptedError()) : value);
    await expect(healer.run('t', task)).resolves.toBe(value);
    expect(warnings).toEqual(['the telemetry threw: broken processor']);
  });

  it('runs the work once, even if the context manager throws', async () => {
    registerSdk();
    const { healer } = await traced();
    context.disable();
    const broken = (): never => {
      throw new Error('no context');
    };
    context.setGlobalContextManager({
      active: broken,
      with: broken,
      disable: () => {},
    } as never);
    let calls = 0;
    await healer.run('t', () => {
      calls += 1;
    });
    expect(calls).toBe(1);
  });
});
