import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cell, type End, type Judged, judge, type Observed } from './cell.ts';
import { deadlineMs } from './expected.ts';
import { suiteConfig, unheld } from './in-process.ts';
import { inRepository, program } from './programs.ts';
import { type Answer, RawClient } from './raw-client.ts';
import type { World } from './world.ts';

/** How long a client waits for an answer before it gives up. */
export const patienceMs = 4_000;
/** How long healflow waits for a server that hangs. */
const attemptTimeoutMs = 1_500;

const writeConfig = ({ folder }: World): string => {
  const file = join(folder, 'healflow.yaml');
  const config = {
    ...suiteConfig,
    deadlineMs,
    attemptTimeoutMs,
    fixes: {
      ...suiteConfig.fixes,
      token_refresh: { ...unheld, command: [process.execPath, program('mend.js'), folder, 'token_refresh'] },
      cache_clear: { ...unheld, folders: ['./cache'], allowedRoots: ['.'] },
    },
    proxy: { maxRestarts: 10_000, restartWindowMs: 1_000 },
  };
  writeFileSync(file, JSON.stringify(config, null, 2));
  return file;
};

/** The command of `healflow proxy` before the server of a world. */
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

/** Runs cells one after the other through `healflow proxy`, a real server process behind it. */
export const runProxied = async (
  cells: readonly Cell[],
  world: World,
  onProgress: (done: number) => void = () => {},
): Promise<Judged[]> => {
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
  world.mend();
  for (const { until } of faults) if (until !== undefined) world.spoil(until);
  const { deaths } = world.backend;
  const fixesBefore = world.fixRuns;
  const beganAt = performance.now();
  const answer = await client.request('tools/call', { name: kind, arguments: { call, faults, channel } }, patienceMs);
  const totalMs = performance.now() - beganAt;
  const serviceDies = channel !== 'transport' && faults.some(({ end }) => end === 'exit');
  if (serviceDies) await world.backend.died(deaths);
  const calls = world.callsOf(call);
  const meta = answer?.message.result?._meta?.['healflow/run'];
  const { end, remark } = endOf(cell, answer, world, calls);
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

/** Whether what the client got is what the server sent, byte for byte but for the id and healflow's own facts. */
const isSame = ({ line, message }: Answer, sent: string, calls: number): boolean => {
  if (message.result?._meta?.['healflow/run'] === undefined) {
    return calls === 1 ? line === sent || withoutId(line) === withoutId(sent) : withoutId(line) === withoutId(sent);
  }
  const { _meta, ...result } = message.result;
  return JSON.stringify({ result }) === withoutId(sent);
};

const endOf = (
  { call, channel, faults }: Cell,
  answer: Answer | null,
  world: World,
  calls: number,
): { end: End; remark?: string } => {
  if (answer === null) return { end: 'no answer', remark: `none within ${patienceMs} ms` };
  const { result, error } = answer.message;
  const sent = world.answersTo(call).at(-1);
  if (result !== undefined && result.isError !== true) {
    const isOwn = sent !== undefined && isSame(answer, sent, calls);
    return { end: isOwn ? (calls > 1 ? 'healed' : 'answered') : 'other error' };
  }
  const words = error === undefined ? 'isError' : `${error.code} ${error.message}`;
  if (sent !== undefined && isSame(answer, sent, calls)) return { end: 'own error', remark: words };
  // A server that broke sent nothing: the client is told so.
  const serverBroke = channel === 'transport' && faults.length > 0 && error !== undefined;
  return { end: serverBroke ? 'own error' : 'other error', remark: words };
};
