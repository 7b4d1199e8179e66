import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cell, type End, judge, type Observed, type Verdict } from './cell.ts';
import { deadlineMs } from './expected.ts';
import { suiteConfig, unlimited } from './in-process.ts';
import { inRepository, program } from './programs.ts';
import { RawClient, type Response } from './raw-client.ts';
import type { World } from './world.ts';

/** Timeout of a client's request. */
export const requestTimeoutMs = 4_000;
/** Timeout of an attempt for servers that hang. */
const attemptTimeoutMs = 1_500;

const writeConfig = ({ folder }: World): string => {
  const file = join(folder, 'healflow.yaml');
  const config = {
    ...suiteConfig,
    deadlineMs,
    attemptTimeoutMs,
    fixes: {
      ...suiteConfig.fixes,
      token_refresh: { ...unlimited, command: [process.execPath, program('fix.js'), folder, 'token_refresh'] },
      cache_clear: { ...unlimited, folders: ['./cache'], allowedRoots: ['.'] },
    },
    proxy: { maxRestarts: 10_000, restartWindowMs: 1_000 },
  };
  writeFileSync(file, JSON.stringify(config, null, 2));
  return file;
};

/** The command of `healflow proxy` in front of the server of a world. */
export const healflowCommand = (world: World): readonly string[] => [
  process.execPath,
  inRepository('dist/src/cli/main.js'),
  'proxy',
  '--config',
  writeConfig(world),
  '--memory',
  join(world.folder, 'memory'),
  '--',
  ...world.server,
];

/** Runs cells one after the other through `healflow proxy`, with a real server process behind it. */
export const runProxied = async (
  cells: readonly Cell[],
  world: World,
  onProgress: (done: number) => void = () => {},
): Promise<Verdict[]> => {
  const client = new RawClient(healflowCommand(world), {
    ...process.env,
    HEALFLOW_STATE_DIR: join(world.folder, 'state'),
  });
  try {
    await client.connect();
    const seen: Omit<Observed, 'effects'>[] = [];
    for (const cell of cells) {
      seen.push(await runCell(cell, client, world));
      onProgress(seen.length);
    }
    const effects = await world.backend.effects();
    return cells.map((cell, index) =>
      judge(cell, {
        ...(seen[index] as Omit<Observed, 'effects'>),
        effects: effects.get(cell.call) ?? 0,
      }),
    );
  } finally {
    await client.close();
  }
};

const runCell = async (cell: Cell, client: RawClient, world: World): Promise<Omit<Observed, 'effects'>> => {
  const { call, channel, faults, kind } = cell;
  world.restore();
  for (const { until } of faults) if (until !== undefined) world.break(until);
  const { deaths } = world.backend;
  const fixesBefore = world.fixRuns;
  const startedAt = performance.now();
  const response = await client.request(
    'tools/call',
    { name: kind, arguments: { call, faults, channel } },
    requestTimeoutMs,
  );
  const totalMs = performance.now() - startedAt;
  const serviceDies = channel !== 'transport' && faults.some(({ end }) => end === 'exit');
  if (serviceDies) await world.backend.died(deaths);
  const calls = world.callsOf(call);
  const meta = response?.message.result?._meta?.['healflow/run'];
  const { end, remark } = endOf(cell, response, world, calls);
  return {
    end,
    remark,
    calls,
    fixes: meta?.fixes ?? (world.fixRuns > fixesBefore ? ['token_refresh'] : []),
    status: meta?.outcome ?? null,
    addedMs: 0,
    totalMs,
  };
};

const withoutId = (line: string): string => line.replace(/^\{"jsonrpc":"2\.0","id":(?:"[^"]*"|\d+),/, '{');

/** Whether the client received the bytes that the server sent, except for the id and healflow's own `_meta`. */
const isSame = ({ line, message }: Response, sent: string, calls: number): boolean => {
  if (message.result?._meta?.['healflow/run'] === undefined) {
    return calls === 1 ? line === sent || withoutId(line) === withoutId(sent) : withoutId(line) === withoutId(sent);
  }
  const { _meta, ...result } = message.result;
  return JSON.stringify({ result }) === withoutId(sent);
};

const endOf = (
  { call, channel, faults }: Cell,
  response: Response | null,
  world: World,
  calls: number,
): { end: End; remark?: string } => {
  if (response === null) return { end: 'no response', remark: `none within ${requestTimeoutMs} ms` };
  const { result, error } = response.message;
  const sent = world.responsesTo(call).at(-1);
  if (result !== undefined && result.isError !== true) {
    const isOwn = sent !== undefined && isSame(response, sent, calls);
    return { end: isOwn ? (calls > 1 ? 'healed' : 'succeeded') : 'other error' };
  }
  const text = error === undefined ? 'isError' : `${error.code} ${error.message}`;
  if (sent !== undefined && isSame(response, sent, calls)) return { end: 'own error', remark: text };
  // A server that broke sent nothing: the client receives an error of healflow.
  const serverBroke = channel === 'transport' && faults.length > 0 && error !== undefined;
  return { end: serverBroke ? 'own error' : 'other error', remark: text };
};
