import { afterEach } from 'vitest';
import { ProxyBench, type ProxyBenchOptions } from '../../modes/proxy-bench.ts';
import { ScriptedServer } from './scripted-server.ts';

/** A client's lines, a proxy in this process, and a scripted server behind a URL. */
export interface UrlBench {
  readonly server: ScriptedServer;
  readonly proxy: ProxyBench;
  readonly url: string;
}

const benches: UrlBench[] = [];

export const startBench = async (options: ProxyBenchOptions = {}): Promise<UrlBench> => {
  const server = new ScriptedServer();
  const url = await server.listen();
  const bench = { server, url, proxy: new ProxyBench({ upstreamUrl: url, ...options }) };
  benches.push(bench);
  return bench;
};

afterEach(async () => {
  for (const { proxy, server } of benches.splice(0)) {
    proxy.kill();
    await proxy.exitCode;
    server.close();
  }
});
