import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import type { DemoClient } from '../../src/demo/clients.ts';
import { problemsInLog } from '../../src/demo/log-check.ts';
import { perform, type SceneResult } from '../../src/demo/run-scene.ts';
import { scenes } from '../../src/demo/scenes.ts';
import { createScreen } from '../../src/demo/show/screen.ts';
import { demoTools } from '../../src/demo/tools.ts';
import { listenForTrail } from '../../src/demo/trail-port.ts';
import { startWorld, type World } from '../../src/demo/world/world.ts';
import { createEventLog } from '../../src/event-log/index.ts';
import { FakeClock } from '../support/fake-clock.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const folderOfTest = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'healflow-test-'));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

/** A client of the demo's tools without healing. */
const unhealed = ({ facts }: World): DemoClient => ({
  stderr: () => '',
  call: async (name, args) => {
    const tool = demoTools.find((candidate) => candidate.name === name);
    try {
      const text = await tool?.call(facts, Object.values(args)[0] ?? '');
      return { failed: false, text: text ?? '', meta: {}, durationMs: 1 };
    } catch (error) {
      return { failed: true, text: (error as Error).message, meta: {}, durationMs: 1 };
    }
  },
});

const [kubeScene] = scenes;
if (kubeScene === undefined) throw new Error('there are no scenes');

describe('a scene', () => {
  it('fails without healing, and reports every difference', async () => {
    const world = await startWorld(await folderOfTest());
    ends.push(() => world.close());
    const port = await listenForTrail();
    ends.push(() => port.close());
    const client = unhealed(world);
    // The trail receives nothing here, so there is nothing to wait for.
    const trail = { ...port, follow: () => ({ states: () => [], logged: async () => {} }) };
    let shown = '';
    const output = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        shown += chunk.toString();
        done();
      },
    });
    const screen = createScreen(output, {});
    await client.call('show_package', { name: 'stone' }, new AbortController().signal);
    const stage = { screen, world, direct: client, healed: client, trail, signal: new AbortController().signal };
    for (const [index, scene] of scenes.slice(0, 5).entries()) {
      const { problems, attempts } = await perform(scene, index + 1, stage);
      expect(problems.map((problem) => problem.split(':')[0])).toEqual([
        'the call with healflow failed',
        'outcome',
        'fixes',
        'attempts',
        'states',
        'counts of the servers',
      ]);
      expect(attempts).toBe(1);
      expect(shown).toContain(scene.fault);
    }
    expect(shown).toContain('✗ error: You must be logged in to the server (Unauthorized)');
    expect(shown).toContain('✗ HTTP 429 Too Many Requests: {"error":"too many requests"');
  });
});

describe('the check of the log', () => {
  const result: SceneResult = {
    scene: kubeScene,
    runId: '00000000000000aa',
    fixes: ['kube_login'],
    attempts: 2,
    durationMs: 5,
    problems: [],
  };

  const memoryWith = async (fix: string | null): Promise<string> => {
    const memoryDir = await folderOfTest();
    const clock = new FakeClock();
    const log = createEventLog({ memoryDir, clock, redact: (text) => text, warn: () => {} });
    log.append({
      timestamp: new Date(clock.now()).toISOString(),
      tool: kubeScene.tool,
      error: 'Unauthorized',
      fix_applied: fix,
      result: 'success',
      retry_count: 1,
      run_id: '00000000000000aa',
      kind: 'unannotated',
    });
    return memoryDir;
  };

  it('accepts a matching event', async () => {
    expect(await problemsInLog(await memoryWith('kube_login'), 'text', [result], ['secret'])).toEqual([]);
  });

  it('finds a missing event, a different event, and a secret', async () => {
    expect(await problemsInLog(await memoryWith(null), 'a secret', [result], ['secret'])).toEqual([
      'k8s_get_pods: the log says "k8s_get_pods success  1" instead of "k8s_get_pods success kube_login 1"',
      'the log contains a secret',
    ]);
    expect(await problemsInLog(await folderOfTest(), '', [result], [])).toEqual([
      'k8s_get_pods: the log has no event of its run',
    ]);
  });
});
