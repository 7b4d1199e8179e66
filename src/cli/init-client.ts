import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, relative, resolve } from 'node:path';
import { HealError } from '../errors.ts';
import { packageFile } from '../package-root.ts';
import { errorCode, isPathNotFound } from '../platform/fs.ts';
import { createRedactor } from '../redact/index.ts';
import { printable } from '../text/sanitize.ts';
import { type ClientFile, type ClientName, clientFiles, type Machine, serverPlaces } from './client-config/clients.ts';
import { type JsonFile, readJsonFile } from './client-config/json-file.ts';
import { isInstalled, type LauncherName, launcherFor, type OwnProgram } from './client-config/launcher.ts';
import { type Plan, type PlanOptions, planUnwrapping, planWrapping } from './client-config/plan.ts';
import { keepBytes, replaceBytes } from './client-config/replace-file.ts';
import { exampleOf, type FileReport, reportJson, reportText } from './client-config/report.ts';
import { type Io, processIo } from './io.ts';

export interface InitClientOptions {
  readonly client: ClientName;
  /** The servers to wrap; all if none is named. */
  readonly server?: readonly string[] | undefined;
  /** The client's file, if it is not one of the default files. */
  readonly file?: string | undefined;
  readonly write?: boolean | undefined;
  readonly undo?: boolean | undefined;
  readonly config?: string | undefined;
  readonly launcher?: LauncherName | undefined;
  readonly json?: boolean | undefined;
  /** The words after `--`, which belong to `init` without a client. */
  readonly command?: readonly string[] | undefined;
}

/** Overrides for tests. */
export interface InitClientWorld extends Machine {
  readonly own: OwnProgram;
}

const worldOf = ({ cwd, env }: Io): InitClientWorld => ({
  platform: process.platform,
  home: homedir(),
  cwd,
  env,
  own: { node: process.execPath, script: packageFile('dist/src/cli/main.js'), env },
});

const backupOf = (path: string): string => `${path}.healflow-backup`;

const readIfThere = async (path: string): Promise<Buffer | undefined> => {
  try {
    return await readFile(path);
  } catch (error) {
    if (isPathNotFound(error)) return undefined;
    throw new HealError(
      'CONFIG_INVALID',
      `${path} cannot be read: ${errorCode(error) === 'EISDIR' ? 'it is a folder' : (error as Error).message}`,
    );
  }
};

interface Opened {
  readonly client: ClientFile;
  readonly bytes: Buffer;
  readonly file: JsonFile;
  readonly backup: JsonFile | undefined;
}

const open = async (client: ClientFile): Promise<Opened | undefined> => {
  const bytes = await readIfThere(client.path);
  if (bytes === undefined || bytes.toString('latin1').trim() === '') return undefined;
  const kept = await readIfThere(backupOf(client.path));
  const backup = kept === undefined ? undefined : readJsonFile(backupOf(client.path), kept);
  return { client, bytes, file: readJsonFile(client.path, bytes), backup };
};

/** Returns the configuration file for an entry; it is absolute for the user's entries, which start in any folder. */
const configFor = ({ shared }: ClientFile, { config }: InitClientOptions, cwd: string): string | undefined => {
  if (config !== undefined) return shared ? config : resolve(cwd, config);
  if (shared) return undefined;
  return ['healflow.yaml', 'healflow.yml'].map((name) => resolve(cwd, name)).find((path) => existsSync(path));
};

const filesFor = (client: ClientName, { file }: InitClientOptions, world: Machine): readonly ClientFile[] => {
  const known = clientFiles(client, world);
  if (file === undefined) return known;
  const path = resolve(world.cwd, file);
  const inside = relative(world.cwd, path);
  const shared = known.find((one) => one.path === path)?.shared ?? !(inside.startsWith('..') || isAbsolute(inside));
  return [{ path, shared }];
};

const planFor = (opened: Opened, options: InitClientOptions, world: InitClientWorld, plan: PlanOptions): Plan => {
  const { client, file, backup } = opened;
  if (options.undo === true) return planUnwrapping(file, plan, backup);
  return planWrapping(file, plan, {
    launcher: launcherFor(world.own, client.shared, options.launcher),
    config: configFor(client, options, world.cwd),
    exists: existsSync,
  });
};

/** Writes a backup of the file without healflow, then the file. */
const write = async (
  { client: { path }, bytes, file, backup }: Opened,
  plan: Plan,
  all: PlanOptions,
): Promise<string> => {
  const without =
    backup === undefined ? bytes : Buffer.from(planUnwrapping(file, { ...all, names: [] }, backup, true).text);
  await keepBytes(backupOf(path), without);
  await replaceBytes(path, Buffer.from(plan.text), bytes);
  return `${path} was written; the original is in ${backupOf(path)}`;
};

const undo = async ({ client: { path }, bytes, backup }: Opened, plan: Plan): Promise<string> => {
  await replaceBytes(path, Buffer.from(plan.text), bytes);
  if (backup === undefined) return `${path} was written without healflow`;
  if (backup.text !== plan.text) return `${path} was written without healflow; the backup ${backupOf(path)} was kept`;
  await rm(backupOf(path), { force: true });
  return `${path} was restored to its original content`;
};

const restarts: Readonly<Record<ClientName, string>> = {
  'claude-desktop': 'restart Claude Desktop to apply the change',
  'claude-code': 'restart Claude Code to apply the change',
  cursor: 'Cursor restarts the server by itself; if not, restart it in the settings',
  vscode: 'restart the server in VS Code (MCP: List Servers)',
};

/**
 * Wraps the servers in a client's configuration with healflow's proxy, or unwraps them: shows the diff and, if
 * requested, writes the file and a backup next to it.
 *
 * Resolves with the exit code: 0, also if there is nothing to change; 2 if the file, server or client does not exist.
 *
 * @throws HealError `CONFIG_INVALID` if a file is invalid or cannot be written; no file is changed then.
 */
export const initClient = async (
  options: InitClientOptions,
  io: Io = processIo(),
  world: InitClientWorld = worldOf(io),
): Promise<number> => {
  const writeStderr = (text: string): void => {
    io.stderr.write(`healflow: ${printable(text)}\n`);
  };
  if ((options.command ?? []).length > 0) {
    writeStderr('--client and a command after -- cannot be combined: the client has the commands of its servers');
    return 2;
  }
  if (options.write === true && options.undo === true) {
    writeStderr('--write and --undo cannot be combined');
    return 2;
  }
  const { client } = options;
  const files = filesFor(client, options, world);
  // Reads and plans all files before it writes the first.
  const opened = (await Promise.all(files.map(open))).filter((one) => one !== undefined);
  const places = serverPlaces(client, world);
  if (opened.length === 0) {
    writeStderr(
      `there is no ${files.map(({ path }) => path).join(' and no ')}; an entry wrapped by healflow looks like this:`,
    );
    io.stderr.write(
      `${exampleOf(places[0]?.[0] ?? 'mcpServers', launcherFor(world.own, files[0]?.shared === true, options.launcher))}\n`,
    );
    return 2;
  }
  const settings: PlanOptions = { places, names: options.server ?? [], own: world.own.script };
  const plans = opened.map((one) => ({ one, plan: planFor(one, options, world, settings) }));
  const found = new Set(plans.flatMap(({ plan }) => plan.changes.map(({ server }) => server)));
  const missing = settings.names.filter((name) => !found.has(name));
  if (missing.length > 0 || found.size === 0) {
    const there = opened.flatMap(({ file }) =>
      planWrapping(
        file,
        { ...settings, names: [] },
        { launcher: { command: '', args: [] }, exists: () => true },
      ).changes.map(({ server }) => server),
    );
    writeStderr(
      `${opened.map(({ client: { path } }) => path).join(' and ')} ${missing.length > 0 ? `know no server ${missing.join(', ')}; ` : ''}${there.length === 0 ? 'hold no server' : `there are ${there.join(', ')}`}`,
    );
    return 2;
  }
  const acts = options.write === true || options.undo === true;
  const reports: FileReport[] = [];
  const notes: string[] = [];
  for (const { one, plan } of plans) {
    const changed = plan.changes.some(({ change }) => change !== null);
    if (changed && acts) notes.push(await (options.undo === true ? undo(one, plan) : write(one, plan, settings)));
    reports.push({ path: one.client.path, written: changed && acts, changes: plan.changes });
  }
  const redact = createRedactor({ env: io.env });
  io.stdout.write(options.json === true ? reportJson(reports, redact) : reportText(reports, redact, io));
  for (const note of notes) writeStderr(note);
  const changes = reports.some(({ changes }) => changes.some(({ change }) => change !== null));
  if (!changes) writeStderr('there is nothing to change');
  else if (!acts) writeStderr('nothing was written; use --write to apply the changes, and --undo to revert them later');
  else writeStderr(restarts[client]);
  if (changes && options.undo !== true) {
    writeStderr(
      'some of their tools may be read-only: "healflow tools --write -- COMMAND" suggests them, for each server',
    );
  }
  if (changes && options.undo !== true && options.launcher === undefined && !isInstalled(world.own)) {
    writeStderr(
      'this program is in the cache of npx: if the client does not find npx, install healflow (npm install --global healflow)',
    );
  }
  return 0;
};
