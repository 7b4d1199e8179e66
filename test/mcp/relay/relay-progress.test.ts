import { describe, expect, it } from 'vitest';
import { failed, healthy, type Json, progress, RelayBench, toolCall } from './relay-bench.ts';
import { succeeded } from './scripted-healer.ts';

const tokenOf = (request: Json): unknown => (request.params as { _meta: Json })._meta.progressToken;
const asking = (token: unknown): Json => toolCall(1, { _meta: { progressToken: token, other: 1 } });
const progressParams = (value: number): Json => ({ progressToken: 'healflow-test-1', progress: value });
const valuesOf = (messages: Json[]): number[] =>
  messages.map(({ params }) => (params as { progress: number }).progress);

describe('progress', () => {
  it('of the first attempt passes unchanged', async () => {
    const bench = new RelayBench();
    bench.client(asking('t'));
    const line = '{"method":"notifications/progress","params":{"progress":1.0,"progressToken":"t"}}\r\n';
    bench.server(line);
    expect(await bench.atClient()).toEqual([line]);
  });

  it('of a retry has a token of its own, reaches the client with the client’s, and continues from before', async () => {
    const bench = new RelayBench();
    bench.client(asking(5));
    bench.server(progress(5, 50, 100));
    bench.server(failed(1));
    const [, retry] = await bench.messagesAtServer();
    expect(tokenOf(retry as Json)).toBe('healflow-test-1');
    expect(retry).toMatchObject({ params: { _meta: { other: 1 } } });
    await bench.atClient();
    bench.server(progress('healflow-test-1', 10, 100));
    bench.server(progress('healflow-test-1', 100, 100));
    expect(await bench.messagesAtClient()).toEqual([progress(5, 60, 150), progress(5, 150, 150)]);
  });

  it('of a retry never exceeds its total, and leaves a total that is not a number unchanged', async () => {
    const bench = new RelayBench();
    bench.client(asking(5));
    bench.server(progress(5, 50));
    bench.server(failed(1));
    await bench.atClient();
    bench.server(progress('healflow-test-1', 30, 20));
    bench.server({ ...progress('healflow-test-1', 40), params: { ...progressParams(40), total: 'many' } });
    bench.server(progress('healflow-test-1', 50));
    expect((await bench.messagesAtClient()).map(({ params }) => params)).toEqual([
      { progressToken: 5, progress: 80, total: 80 },
      { progressToken: 5, progress: 90, total: 'many' },
      { progressToken: 5, progress: 100 },
    ]);
  });

  it('is requested in a retry only if the client requested it', async () => {
    const bench = new RelayBench();
    const retry = await bench.failOnce(toolCall(1, { _meta: { other: 1 } }));
    expect((retry.params as Json)._meta).toEqual({ other: 1 });
  });

  it('names the fix that is running', async () => {
    const bench = new RelayBench();
    bench.healer.fix = ({ options }) => {
      options.onFix?.('kube_login');
      return new Promise((resolve) => bench.clock.setTimeout(() => resolve(succeeded()), 1_500));
    };
    bench.client(asking('t'));
    bench.server(failed(1));
    await bench.clock.advance(2_500);
    const said = (await bench.messagesAtClient()).map(({ params }) => (params as Json).message);
    expect(said).toEqual(['healflow: kube_login for get_pods…', 'healflow: healing get_pods…']);
  });

  it('is reported while a fix is running, only grows, and ends with the call', async () => {
    const bench = new RelayBench();
    bench.healer.fix = () => new Promise((resolve) => bench.clock.setTimeout(() => resolve(succeeded()), 3_500));
    bench.client(asking('t'));
    bench.server(progress('t', 7));
    bench.server(failed(1));
    await bench.atClient();
    await bench.clock.advance(3_600);
    const reports = await bench.messagesAtClient();
    expect(reports).toHaveLength(3);
    for (const report of reports) {
      expect(report).toMatchObject({ params: { progressToken: 't', message: 'healflow: healing get_pods…' } });
    }
    const [, retry] = await bench.messagesAtServer();
    bench.server(progress(tokenOf(retry as Json), 0));
    bench.server(progress(tokenOf(retry as Json), 1));
    const values = valuesOf([progress('t', 7), ...reports, ...(await bench.messagesAtClient())]);
    expect(values).toEqual([...new Set(values)].sort((a, b) => a - b));
    expect(values.at(-1)).toBe(8);
    bench.server(healthy(retry?.id));
    await bench.atClient();
    await bench.clock.advance(10_000);
    expect(await bench.atClient()).toEqual([]);
    expect(bench.clock.pending).toBe(0);
  });

  it('is not reported to a client that has not requested it', async () => {
    const bench = new RelayBench();
    bench.healer.fix = () => new Promise((resolve) => bench.clock.setTimeout(() => resolve(succeeded()), 3_500));
    bench.client(toolCall(1));
    bench.server(failed(1));
    await bench.clock.advance(3_000);
    expect(await bench.atClient()).toEqual([]);
  });

  it('still grows with numbers so large that adding a thousandth changes nothing', async () => {
    const bench = new RelayBench();
    bench.client(asking('t'));
    bench.server(progress('t', 1e300));
    bench.server(failed(1));
    const [, retry] = await bench.messagesAtServer();
    bench.server(progress(tokenOf(retry as Json), 0));
    const values = valuesOf(await bench.messagesAtClient());
    expect(values).toHaveLength(2);
    expect(values[1]).toBeGreaterThan(values[0] ?? Number.NaN);
    expect(values[1]).toBeLessThan(1.001e300);
  });
});
