import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unlimited } from '../in-process.ts';
import { inRepository, program } from '../programs.ts';
import { RawClient } from '../raw-client.ts';
import { HttpStepServer } from './http-server.ts';
import { campaignConfig, pooled, type Result } from './runners.ts';
import type { Scenario } from './scenario.ts';
import { encodeArguments, toolName } from './service.ts';

const requestTimeoutMs = 60_000;

/** Maximum number of calls that are open at once. */
const width = 24;

/** Maximum number of calls that meet one outage or one expired login. */
const groupSize = 20;

const startProxy = async (folder: string, fixes: object, upstream: readonly string[]): Promise<RawClient> => {
  const file = join(folder, 'healflow.yaml');
  const config = {
    ...campaignConfig,
    fixes: { ...campaignConfig.fixes, ...fixes },
    proxy: { maxRestarts: 10_000, restartWindowMs: 1_000 },
  };
  writeFileSync(file, JSON.stringify(config));
  const memory = ['--config', file, '--memory', join(folder, 'memory')];
  const command = [process.execPath, inRepository('dist/src/cli/main.js'), 'proxy', ...memory, ...upstream];
  const client = new RawClient(command, { ...process.env, HEALFLOW_STATE_DIR: join(folder, 'state') });
  await client.connect();
  return client;
};

type Seen = Omit<Result['observed'], 'effects'>;

const call = async (client: RawClient, scenario: Scenario): Promise<Seen> => {
  const params = { name: toolName(scenario), arguments: encodeArguments({ scenario, sentAt: Date.now() }) };
  const response = await client.request('tools/call', params, requestTimeoutMs);
  if (response === null) throw new Error(`no response to ${scenario.call}: ${client.stderr.slice(-500)}`);
  const ok = response.line.includes(`done: ${scenario.call}"`);
  return { ok, status: response.message.result?._meta?.['healflow/run']?.outcome ?? null, remark: response.line };
};

type Called = readonly (readonly [Scenario, Seen])[];

/** What needs a disturbance of its own: the calls of one meet it together, and nothing else is open. */
const groupsOf = (scenarios: readonly Scenario[], belongs: (scenario: Scenario) => boolean): Scenario[][] => {
  const all = scenarios.filter(belongs);
  return Array.from({ length: Math.ceil(all.length / groupSize) }, (_, index) =>
    all.slice(index * groupSize, (index + 1) * groupSize),
  );
};

/**
 * Makes all calls: first those that meet nothing in common, then those whose login has expired, and then those that meet an
 * outage, group by group. A login that was renewed while a call began would be rejected by our server, but by no real one.
 */
const callAll = async (
  client: RawClient,
  scenarios: readonly Scenario[],
  outage: { readonly cause: Scenario['cause']; readonly begin: (index: number) => Promise<void> },
): Promise<Called> => {
  const meetsOutage = ({ story, cause }: Scenario): boolean => story === 'proof' && cause === outage.cause;
  const isLogin = ({ until }: Scenario): boolean => until === 'login';
  const run = async (scenario: Scenario) => [scenario, await call(client, scenario)] as const;
  const alone = scenarios.filter((scenario) => !meetsOutage(scenario) && !isLogin(scenario));
  const called = await pooled(alone, run, width);
  for (const group of groupsOf(scenarios, isLogin)) called.push(...(await Promise.all(group.map(run))));
  for (const [index, group] of groupsOf(scenarios, meetsOutage).entries()) {
    await outage.begin(index);
    called.push(...(await Promise.all(group.map(run))));
  }
  return called;
};

const resultsOf = (seen: Called, effectsOf: (key: string) => number): Result[] =>
  seen.map(([scenario, each]) => {
    const effects = scenario.steps.map((_, step) => effectsOf(`${scenario.call} ${step}`));
    return { scenario, observed: { ...each, effects } };
  });

/** Runs calls through one proxy with one stdio server, which is killed between calls for those that meet its death. */
export const throughStdio = async (scenarios: readonly Scenario[], parent: string): Promise<Result[]> => {
  const folder = join(parent, 'campaign-stdio');
  mkdirSync(folder);
  writeFileSync(join(folder, 'effects.log'), '');
  const fixes = { token_refresh: { ...unlimited, command: [process.execPath, program('renew.mjs'), folder] } };
  const client = await startProxy(folder, fixes, ['--', process.execPath, program('step-server.js'), folder]);
  const begin = async (index: number): Promise<void> => {
    process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGKILL');
    // The proxy has noticed the death: nothing that comes now can be written to the old server.
    await client.said('is started again when it is needed', index + 1);
  };
  try {
    const seen = await callAll(client, scenarios, { cause: 'server died', begin });
    const effects = new Map<string, number>();
    for (const line of readFileSync(join(folder, 'effects.log'), 'utf8').split('\n')) {
      effects.set(line, (effects.get(line) ?? 0) + 1);
    }
    return resultsOf(seen, (key) => effects.get(key) ?? 0);
  } finally {
    await client.close();
  }
};

/** Runs calls through one proxy with one HTTP server, whose network goes down for those that meet a refused connection. */
export const throughHttp = async (scenarios: readonly Scenario[], parent: string): Promise<Result[]> => {
  const folder = join(parent, 'campaign-http');
  mkdirSync(folder);
  await using server = await new HttpStepServer().open();
  const fixes = {
    token_refresh: {
      ...unlimited,
      command: [process.execPath, program('renew.mjs'), folder],
      deliver: { header: { name: 'Authorization' } },
    },
    vpn_connect: {
      ...unlimited,
      command: [process.execPath, program('reconnect.mjs'), server.switchUrl],
      probe: { tcp: server.address },
      pollMs: 20,
    },
  };
  const client = await startProxy(folder, fixes, ['--upstream', server.url]);
  try {
    const seen = await callAll(client, scenarios, { cause: 'refused', begin: () => server.disconnect() });
    return resultsOf(seen, (key) => server.effects.get(key) ?? 0);
  } finally {
    await client.close();
  }
};
