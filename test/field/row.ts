import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRepository } from '../faults/programs.ts';
import { RawClient, type Response } from '../faults/raw-client.ts';
import { Port } from './backend.ts';
import { type ConfigName, program, witnessed, writeConfig } from './configs.ts';
import type { Control } from './control.ts';
import { type Fault, fittingFixes, isHealable, type RepairName } from './faults.ts';
import { Scene } from './scene.ts';
import type { Place, Server, Tool } from './server.ts';

export const host = 'backend.example';
const clientTimeoutMs = 60_000;
/** Some servers take seconds to start, and much longer on a busy machine. */
const startTimeoutMs = 120_000;

export interface Cell {
  readonly server: Server;
  readonly use: 'read' | 'write';
  readonly fault: Fault;
  readonly config: ConfigName;
}

/**
 * How the call under the fault ended: `healed` by healflow · `by itself`: the first attempt succeeded, so the server coped with the
 * fault · `own error`: the client received a failure of the tool, unchanged · `other error`: another error · `no response` of the server.
 */
export type End = 'healed' | 'by itself' | 'own error' | 'other error' | 'no response';

export interface Row {
  readonly server: string;
  readonly tool: string;
  readonly use: 'read' | 'write';
  readonly fault: string;
  readonly config: ConfigName;
  readonly end: End;
  /** Whether a person could have healed the call. */
  readonly healable: boolean;
  readonly attempts: number;
  readonly fixes: readonly RepairName[];
  /** The repair fixes that did not fit the fault. */
  readonly wrongFixes: readonly RepairName[];
  /** Effects of retries after an attempt that had an effect. */
  readonly secondEffects: number;
  /** What the client received, if it is not a success. */
  readonly received?: string;
  /** What healflow decided, as its decision log says. */
  readonly decisions: readonly string[];
  readonly ms: number;
}

interface Content {
  readonly type: string;
  readonly text?: string;
}

const textOf = ({ message }: Response): string => {
  const { result, error } = message;
  if (error !== undefined) return error.message;
  return ((result as { content?: readonly Content[] }).content ?? []).map(({ text }) => text ?? '').join('\n');
};
const isSuccess = (response: Response, { healthy }: Tool): boolean =>
  response.message.error === undefined && response.message.result?.isError !== true && healthy.test(textOf(response));

/** What a response says, without its id and healflow's own `_meta`. */
const payload = (line: string): string => {
  const { result, error } = JSON.parse(line);
  const { _meta, ...rest } = result ?? {};
  const { 'healflow/run': _, ...meta } = _meta ?? {};
  return JSON.stringify({ error, result: rest, ...(Object.keys(meta).length > 0 && { meta }) });
};

export const environmentOf = (server: Server, place: Place, control: string): NodeJS.ProcessEnv => ({
  ...process.env,
  ...server.env?.(place),
  HEALFLOW_STATE_DIR: join(place.folder, 'state'),
  HEALFLOW_DEBUG: '1',
  FIELD_HOST: host,
  FIELD_CONTROL: control,
  ...(place.host === host && { FIELD_REQUIRE: program('resolver.cjs') }),
});

const tokenOf = (server: Server) => server.token ?? ((n: number): string => `token-${n}`);

/** Opens a folder, a backend and the control for one row, and closes them at the end. */
export const withPlace = async <T>(
  { server, fault }: Pick<Cell, 'server'> & { readonly fault?: Fault },
  control: Control,
  work: (place: Place, scene: Scene, url: string, backendPort: number) => Promise<T>,
): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'healflow-field-'));
  const cache = join(folder, 'cache');
  mkdirSync(cache);
  writeFileSync(join(cache, 'entry'), '');
  const scene = new Scene(folder.slice(-6), tokenOf(server));
  scene.hasCache = () => readdirSync(cache).length > 0;
  const backend = server.backend(scene);
  const backendPort = await backend.open();
  const tunnel = new Port(() =>
    createServer((socket) => {
      const onward = connect(backendPort, '127.0.0.1');
      socket.pipe(onward).pipe(socket);
      onward.on('error', () => socket.destroy());
    }),
  );
  let port = backendPort;
  if (fault?.vpn === 'tunnel') {
    await tunnel.setOpen(true);
    port = tunnel.number;
    scene.setOpen = (open) => tunnel.setOpen(open);
  }
  const name = fault?.symptom.kind === 'unknown host' ? host : '127.0.0.1';
  const place = { host: name, port, url: `http://${name}:${port}`, folder, token: scene.tokenOf(1) };
  const url = control.add(scene);
  try {
    return await work(place, scene, url, backendPort);
  } finally {
    scene.end();
    control.delete(scene);
    await tunnel.setOpen(false);
    await backend.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The fault of a cell, as far as its service decides. */
const faultOf = ({ server, fault }: Cell): Fault =>
  server.reportedBeforeWork?.includes(fault.name) ? { ...fault, healableWrite: true } : fault;

/** Runs one row: a healthy call, then the same under the fault. @throws Error if the row measures nothing. */
export const runCell = (cell: Cell, kinds: object, control: Control): Promise<Row> =>
  withPlace(cell, control, async (place, scene, url, backendPort) => {
    const { server, use, config } = cell;
    const fault = faultOf(cell);
    const tool = server[use] as Tool;
    const file = writeConfig(config, server, kinds, fault, place, url, backendPort);
    const client = new RawClient(
      [
        ...[process.execPath, inRepository('dist/src/cli/main.js'), 'proxy', '--config', file],
        ...['--memory', join(place.folder, 'memory'), '--', ...witnessed(server, place, url)],
      ],
      environmentOf(server, place, url),
    );
    const call = (): Promise<Response | null> =>
      client.request('tools/call', { name: tool.name, arguments: tool.arguments ?? {} }, clientTimeoutMs);
    try {
      await client.connect(startTimeoutMs);
      const healthy = await call();
      if (healthy === null || !isSuccess(healthy, tool)) {
        throw new Error(`the healthy call failed: ${healthy === null ? client.stderr.slice(-500) : textOf(healthy)}`);
      }
      await scene.begin(fault);
      const startedAt = performance.now();
      const response = await call();
      const ms = performance.now() - startedAt;
      const { attempts, fixes } = scene;
      if (!attempts.some(({ met }) => met)) throw new Error('no attempt met the fault');
      const effects = attempts.filter((attempt) => attempt.effects > 0).length;
      const fitting = fittingFixes(fault);
      const cleared = scene.hasCache() ? [] : (['cache_clear'] as const);
      const ran = [...fixes, ...cleared];
      const end = endOf(response, tool, scene);
      const received = response === null || end === 'healed' || end === 'by itself' ? undefined : textOf(response);
      const isUnclear = use === 'write' && received !== undefined && tool.unclear?.test(received) === true;
      return {
        ...{ server: server.name, tool: tool.name, use, fault: fault.name, config, end, ms },
        healable: isHealable(fault, use) && tool.destructive !== true && !isUnclear && end !== 'by itself',
        attempts: attempts.length,
        fixes: ran,
        wrongFixes: ran.filter((name) => !fitting.includes(name)),
        secondEffects: Math.max(0, effects - 1),
        decisions: decisionsIn(client.stderr),
        ...(received !== undefined && { received }),
      };
    } finally {
      await client.close();
    }
  });

/** The lines of healflow's decision log, without tool and time. */
const decisionsIn = (stderr: string): string[] =>
  stderr.split('\n').flatMap((line) => {
    const [, decision] = /(attempt \d+ failed.*|fix .*|(?:no )?retry .*|outcome: .*)$/.exec(line) ?? [];
    return line.startsWith('healflow') && decision !== undefined ? [decision] : [];
  });

const endOf = (response: Response | null, tool: Tool, { attempts }: Scene): End => {
  if (response === null) return 'no response';
  if (isSuccess(response, tool)) return attempts.length > 1 ? 'healed' : 'by itself';
  const received = payload(response.line);
  // The server ended without a word: there is no error of its own that could be passed on.
  if (attempts.every((attempt) => attempt.response === undefined)) return 'no response';
  const isOwn = attempts.some((attempt) => attempt.response !== undefined && payload(attempt.response) === received);
  return isOwn ? 'own error' : 'other error';
};
