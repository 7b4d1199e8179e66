import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventOf } from '../../src/event-log/event.ts';
import { createEventLog } from '../../src/event-log/index.ts';
import type { ExportedRun, Health, RunDetail, RunsPage, Totals } from '../../src/inspector/model.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { newFolder, watchedHealer } from './support.ts';

describe('an observed run', () => {
  it('is stored with every state, including transient ones, and its diagnoses and fixes', async () => {
    const { inspector, healer, heal, api } = await watchedHealer();
    const { runId } = await heal();
    const run = await api.json<RunDetail>(`/api/runs/${runId}`);
    expect(run.steps.map(({ to }) => to)).toEqual([
      'Executing',
      'ErrorDetected',
      'Analyzing',
      'FixAvailable',
      'ApplyingFix',
      'Retrying',
      'Success',
      'Logging',
      '[*]',
    ]);
    expect(run).toMatchObject({
      status: 'healed',
      tool: 'k8s_get_pods',
      class: 'auth',
      fixes: ['kube_login'],
      attempts: 2,
      diagnoses: [{ attempt: 1, class: 'auth', fix: 'kube_login', delivered: 'no' }],
      fixReports: [{ fix: 'kube_login', status: 'succeeded', command: 'calls a function of the program' }],
      attemptsList: [
        { number: 1, ok: false },
        { number: 2, ok: true, error: null },
      ],
      policy: { mayRepeat: true },
      refusal: null,
    });
    expect(run.diagnoses[0]?.evidence).toContain('logged in');
    await healer.close();
    await inspector.close();
  });

  it('has the reason why it was not healed', async () => {
    const { inspector, healer, api } = await watchedHealer();
    const { runId } = await healer.runOutcome(
      'apply',
      () => {
        throw new Error('pods is forbidden: User "jane" cannot list resource "pods"');
      },
      { annotations: { readOnlyHint: true } },
    );
    const run = await api.json<RunDetail>(`/api/runs/${runId}`);
    expect(run.steps.map(({ to }) => to)).toEqual([
      'Executing',
      'ErrorDetected',
      'Analyzing',
      'NoFix',
      'Logging',
      '[*]',
    ]);
    expect(run).toMatchObject({ status: 'failed', policy: { mayRepeat: false }, refusal: { code: 'NO_FIX_KNOWN' } });
    await healer.close();
    await inspector.close();
  });

  it('is sent to viewers step by step, and then in the totals', async () => {
    const { inspector, healer, heal, api } = await watchedHealer();
    const text = await api.stream(
      (received) =>
        received.includes('event: totals') && received.includes('event: health') && received.includes('"to":"[*]"'),
      heal,
    );
    expect(text).toContain('event: hello');
    expect(text).toContain('"from":"FixAvailable","to":"ApplyingFix"');
    expect(text).toContain('"status":"healed"');
    await healer.close();
    await inspector.close();
  });

  it('sends another process only local runs, without totals or health', async () => {
    const { inspector, healer, heal, api } = await watchedHealer();
    const peer = api.stream((text) => text.includes('"to":"[*]"'), undefined, '/api/stream?own=1');
    // Totals and health have been broadcast once a viewer has them; then a run ends the peer's stream.
    await api.stream((text) => text.includes('event: totals') && text.includes('event: health'), heal);
    await heal();
    expect(await peer).not.toMatch(/event: (totals|health)/);
    await healer.close();
    await inspector.close();
  });

  it('starts nothing if a call succeeds', async () => {
    const { inspector, healer, api } = await watchedHealer();
    expect(await healer.run('list', () => 'fine')).toBe('fine');
    expect(await api.json<RunsPage>('/api/runs')).toMatchObject({ runs: [], total: 0 });
    await healer.close();
    await inspector.close();
  });

  it('is not affected by a collector that throws, which is reported once', async () => {
    const { healer, heal, inspector, warnings } = await watchedHealer();
    Object.defineProperty(inspector.observer, 'inspect', {
      value: () => {
        throw new Error('broken');
      },
    });
    expect((await heal()).status).toBe('healed');
    expect((await heal()).status).toBe('healed');
    expect(warnings).toEqual(['the inspector threw: broken']);
    await healer.close();
    await inspector.close();
  });
});

describe('the stored runs', () => {
  it('are bounded, and the newest', async () => {
    const { inspector, healer, heal, api } = await watchedHealer({ inspect: { keep: 5 } });
    const ids: string[] = [];
    for (let count = 0; count < 12; count += 1) ids.push((await heal()).runId);
    // The others are in the log.
    const page = await api.json<RunsPage>('/api/runs');
    expect(page.runs.map(({ runId }) => runId)).toEqual(ids.toReversed());
    expect(page.total).toBe(12);
    const oldest = await api.json<RunDetail>(`/api/runs/${ids[0]}`);
    expect(oldest).toMatchObject({ status: 'healed', steps: [], fixReports: [{ fix: 'kube_login' }] });
    const newest = await api.json<RunDetail>(`/api/runs/${ids.at(-1)}`);
    expect(newest.steps.length).toBe(9);
    await healer.close();
    await inspector.close();
  });

  it('are listed in pages, each run once, with filters', async () => {
    const { inspector, healer, heal, api } = await watchedHealer({ inspect: { keep: 10 } });
    for (let count = 0; count < 23; count += 1) await heal(count % 2 === 0 ? 'even' : 'odd');
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: RunsPage = await api.json(`/api/runs?limit=4${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.runs.map(({ runId }) => runId));
      cursor = page.next;
    }
    expect([seen.length, new Set(seen).size]).toEqual([23, 23]);
    const odd = await api.json<RunsPage>('/api/runs?tool=odd');
    expect([odd.runs.length, odd.total, new Set(odd.runs.map(({ tool }) => tool))]).toEqual([11, 11, new Set(['odd'])]);
    expect(
      (await api.json<RunsPage>('/api/runs?q=logged+in&outcome=healed&class=auth&fix=kube_login')).runs,
    ).toHaveLength(23);
    expect((await api.json<RunsPage>('/api/runs?outcome=failed')).runs).toEqual([]);
    await healer.close();
    await inspector.close();
  });

  it('are counted once, whether observed or read from the log', async () => {
    const { inspector, healer, heal, api } = await watchedHealer();
    await heal();
    await heal('other');
    const totals = await api.json<Totals>('/api/totals');
    expect(totals.outcomes).toEqual({ healed: 2, failed: 0, unknown: 0, succeeded: 0 });
    expect(totals.arrows['Retrying->Success']).toBe(2);
    expect(totals.byFix).toMatchObject([{ name: 'kube_login', healed: 2 }]);
    const health = await api.json<Health>('/api/health');
    expect(health.budgets.map(({ key }) => key)).toEqual([
      'host:kube_login:default',
      'retries of tool k8s_get_pods',
      'retries of tool other',
    ]);
    expect(health.breakers[0]).toEqual({ upstream: 'tool k8s_get_pods', state: 'Closed', until: null });
    expect(health.processes).toMatchObject([{ pid: process.pid, alive: true }]);
    await healer.close();
    await inspector.close();
  });

  it('include earlier runs of the log, without damaged records', async () => {
    const memoryDir = join(await newFolder(), 'memory');
    const log = createEventLog({ memoryDir, clock: new FakeClock(), redact: (text) => text, warn: () => {} });
    log.append(
      eventOf({
        runId: 'before',
        tool: 'gitlab_view_mr',
        kind: 'read-only',
        status: 'failed',
        attempts: 1,
        diagnosis: null,
        lastDiagnosis: null,
        fixes: [],
        refusal: { code: 'NO_FIX_KNOWN', reason: 'no fix is known for this failure' },
        advice: null,
        startedAt: 0,
        durationMs: 5,
      }),
    );
    await appendFile(
      join(memoryDir, 'learned/tool_fixes.yaml'),
      '  - timestamp: "2026-02-04T10:30:00.000Z"\n    tool: "ha',
    );
    const { inspector, healer, heal, api } = await watchedHealer({ memoryDir });
    const { runId } = await heal();
    expect((await api.json<RunsPage>('/api/runs')).runs.map((run) => run.runId)).toEqual([runId, 'before']);
    expect(await api.json<RunDetail>('/api/runs/before')).toMatchObject({
      refusal: { code: 'NO_FIX_KNOWN' },
      steps: [],
    });
    await healer.close();
    await inspector.close();
  });
});

describe('an exported run', () => {
  it('is a file with the run and its format', async () => {
    const { inspector, healer, heal, api } = await watchedHealer();
    const { runId } = await heal();
    const { text, headers } = await api.get(`/api/runs/${runId}/export`);
    const file = JSON.parse(text) as ExportedRun;
    expect(file).toMatchObject({ healflowExport: 1, run: { runId, status: 'healed' } });
    expect(headers.get('content-disposition')).toContain('attachment');
    expect((await api.get('/api/runs/nobody/export')).status).toBe(404);
    await healer.close();
    await inspector.close();
  });
});

describe('a log that cannot be read', () => {
  it('is reported as an error, and observed runs remain', async () => {
    const memoryDir = join(await newFolder(), 'memory');
    await mkdir(join(memoryDir, 'learned/tool_fixes.yaml'), { recursive: true });
    await writeFile(join(memoryDir, 'learned/other'), '');
    const { inspector, healer, heal, api } = await watchedHealer({ memoryDir });
    const { runId } = await heal();
    expect((await api.get(`/api/runs/${runId}`)).status).toBe(200);
    expect((await api.get('/api/runs')).status).toBe(500);
    expect((await api.get('/api/totals')).status).toBe(200);
    await healer.close();
    await inspector.close();
  });
});
