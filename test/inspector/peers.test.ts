import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Health, RunDetail, RunsPage, Totals } from '../../src/inspector/model.ts';
import { apiOf, newFolder, watchedHealer } from './support.ts';

const program = fileURLToPath(new URL('../fixtures/inspector/watched.mjs', import.meta.url));

/** Starts another program with an inspector and controls it. */
const another = async (stateDir: string) => {
  const child = spawn(process.execPath, [program, await newFolder(), stateDir], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const say = async (line: string) => {
    child.stdin.write(`${line}\n`);
    expect((await lines.next()).value).toBe(line);
  };
  return { child, say, url: (await lines.next()).value as string };
};

describe('another process', () => {
  it('shows its earlier runs, and its unfinished run after it was killed', async () => {
    const stateDir = join(await newFolder(), 'state');
    const { child, say } = await another(stateDir);
    await say('heal');
    const { inspector, healer, api } = await watchedHealer({ stateDir });
    const { runs } = await api.json<RunsPage>('/api/runs');
    expect(runs).toMatchObject([{ tool: 'heal', status: 'healed' }]);
    expect((await api.json<RunDetail>(`/api/runs/${runs[0]?.runId}`)).steps).toHaveLength(9);
    const totals = await api.json<Totals>('/api/totals');
    expect([totals.outcomes.healed, totals.arrows['Retrying->Success']]).toEqual([1, 1]);
    const text = await api.stream(
      (received) => {
        if (received.includes('"to":"ApplyingFix"')) child.kill('SIGKILL');
        return received.includes('"status":"unknown"');
      },
      () => say('hang'),
    );
    expect(text).toMatch(/"tool":"hang".*"status":"unknown"/);
    expect((await api.json<Health>('/api/health')).processes.map(({ pid }) => pid)).toEqual([process.pid]);
    await healer.close();
    await inspector.close();
  });

  it('can exit while a page is open', async () => {
    const { child, url } = await another(join(await newFolder(), 'state'));
    const received = apiOf({ url })
      .stream(
        () => false,
        () => child.stdin.end('end\n'),
      )
      .catch(({ message }: Error) => message);
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await received).toBe('terminated');
  });

  it('receives a run once if both pages are open', async () => {
    const stateDir = join(await newFolder(), 'state');
    const one = await watchedHealer({ stateDir });
    const other = await watchedHealer({ stateDir });
    const beats = (text: string) => text.split('event: health').length - 1;
    const until = (text: string) => text.includes('"to":"[*]"') && beats(text) >= 3;
    const [here, there] = await Promise.all([
      one.api.stream(until, async () => {
        await one.api.get('/api/health');
        await other.api.get('/api/health');
        await one.heal();
      }),
      other.api.stream(until),
    ]);
    for (const text of [here, there]) {
      expect(text.match(/"to":"ApplyingFix"/g)).toHaveLength(1);
      expect((text.match(/event: run/g) ?? []).length).toBeLessThan(9);
    }
    await Promise.all([one, other].map(({ healer }) => healer.close()));
    await Promise.all([one, other].map(({ inspector }) => inspector.close()));
  });
});
