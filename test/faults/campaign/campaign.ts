import { join } from 'node:path';
import type { Cause } from './failures.ts';
import { throughHttp, throughStdio } from './proxied.ts';
import { type HealflowOptions, type Run, withCockatiel, withHealflow, withKeywords } from './runners.ts';
import { drawScenarios, type Story } from './scenario.ts';
import type { Ran } from './tally.ts';

/** Reports of the main run; `bare` ones are run on their own. */
export const mixed: readonly Story[] = ['whole', 'whole', 'told', 'told', 'cut off'];

export interface InProcess {
  readonly create: HealflowOptions['create'];
  readonly folder: string;
  readonly count: number;
  readonly seed: number;
}

const inProcessChannels = ['thrown', 'isError', 'text', 'rpc'] as const;

/** The same calls with healflow, with cockatiel's retry and with a keyword detector. */
export const compareInProcess = async ({ create, folder, count, seed }: InProcess): Promise<[Ran, ...Ran[]]> => {
  const scenarios = drawScenarios({ count, seed, channels: inProcessChannels, stories: mixed, prefix: 'p' });
  const healflow = withHealflow({ create, memoryDir: join(folder, 'campaign') });
  return [
    { name: 'healflow', all: await healflow(scenarios) },
    { name: 'cockatiel', all: await withCockatiel(scenarios) },
    { name: 'keywords', all: await withKeywords(scenarios) },
  ];
};

/** Calls with effects whose report is a plain failure and not a word besides, for each configuration. */
export const runBare = async ({ create, folder, count, seed }: InProcess): Promise<Ran[]> => {
  const scenarios = drawScenarios({ count, seed, channels: inProcessChannels, stories: ['bare'], prefix: 'b' });
  const configured = (name: string, config: HealflowOptions['config']): [string, Run] => [
    name,
    withHealflow({ create, memoryDir: join(folder, 'bare'), ...(config && { config }) }),
  ];
  const runs = [
    configured('default', undefined),
    configured('`unannotated: strict`', { unannotated: 'strict' }),
    configured('`reports: strict`', { tools: { '*': { reports: 'strict' } } }),
    ['cockatiel', withCockatiel],
    ['keywords', withKeywords],
  ] as const;
  const all: Ran[] = [];
  for (const [name, run] of runs) all.push({ name, all: await run(scenarios) });
  return all;
};

export interface Proxied {
  readonly folder: string;
  /** The number of calls through each of the two proxies. */
  readonly count: number;
  readonly seed: number;
}

/** Calls through a proxy with a stdio server, and through one with an HTTP server. */
export const runProxies = async ({ folder, count, seed }: Proxied): Promise<[stdio: Ran, http: Ran]> => {
  const draw = (prefix: string, salt: number, proofs: readonly Cause[]) =>
    drawScenarios({
      ...{ count, seed: seed + salt, prefix, proofs, channels: ['isError', 'text', 'rpc'] },
      stories: [...mixed, ...mixed, ...Array<Story>(proofs.length).fill('proof')],
    });
  const http = await throughHttp(draw('h', 2, ['refused', 'not authenticated', 'rate limit']), folder);
  const stdio = await throughStdio(draw('s', 1, ['server died']), folder);
  return [
    { name: 'through `healflow proxy -- COMMAND`', all: stdio },
    { name: 'through `healflow proxy --upstream URL`', all: http },
  ];
};
