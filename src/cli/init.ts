import { existsSync } from 'node:fs';
import { link, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { starter } from '../config/starter.ts';
import { packageFile } from '../package-root.ts';
import { errorCode } from '../platform/fs.ts';
import { schemaLine } from './schema-line.ts';

const name = 'healflow.yaml';

const reasons: Readonly<Record<string, string>> = {
  EEXIST: 'it already exists',
  EACCES: 'this folder is not writable',
  EROFS: 'this folder is not writable',
  ENOSPC: 'the disk is full',
  EISDIR: `${name} is a folder`,
};

const refuse = (reason: string): number => {
  process.stderr.write(`healflow: ${reason}\n`);
  return 2;
};

export interface InitOptions {
  readonly force?: boolean | undefined;
  /** The URL of a server, instead of a command. */
  readonly upstream?: string | undefined;
  readonly yes?: boolean | undefined;
  readonly [option: string]: unknown;
}

/** Suggests the kinds of a server's tools, now that there is a file for them. */
const suggestKinds = async (command: readonly string[], { upstream, yes }: InitOptions): Promise<number> => {
  const { tools } = await import('./tools.ts');
  const isTerminal = process.stdin.isTTY === true && process.stderr.isTTY === true;
  const write = yes === true || isTerminal;
  const code = await tools(command, { upstream, yes, config: name, ...(write && { write }) });
  if (code === 0 && !write) process.stderr.write('healflow: to accept all read-only suggestions, add --yes\n');
  return code;
};

/**
 * Writes a commented starter `healflow.yaml` into the current folder, atomically. An existing file is only replaced
 * with `force`. With a server, also suggests the kinds of its tools and adds those that a person accepts.
 *
 * @param command Starts the server; empty for none.
 * @returns the exit code: 0 if it was written, otherwise 2; with a server that of `healflow tools`.
 */
export const init = async (options: InitOptions, command: readonly string[] = []): Promise<number> => {
  const stray = ['server', 'file', 'write', 'undo', 'launcher'].find((option) => options[option] !== undefined);
  if (stray !== undefined) return refuse(`--${stray} only works with --client NAME`);
  const taken = [name, 'healflow.yml'].find((file) => existsSync(resolve(file)));
  if (taken !== undefined && options.force !== true)
    return refuse(`${taken} already exists; use --force to overwrite it`);
  const target = resolve(name);
  const draft = `${target}.${process.pid}.tmp`;
  try {
    const line = schemaLine(packageFile('schema/healflow.schema.json'), dirname(target));
    await writeFile(draft, `${line}${starter}`, { flag: 'wx' });
    // Unlike a rename, a link never replaces an existing file.
    await (options.force === true ? rename(draft, target) : link(draft, target));
    process.stdout.write(`${name} was written; run "healflow check" to validate it\n`);
  } catch (error) {
    const code = errorCode(error) ?? '';
    return refuse(`${name} was not written: ${reasons[code] ?? String(error)}`);
  } finally {
    await rm(draft, { force: true });
  }
  return command.length > 0 || options.upstream !== undefined ? suggestKinds(command, options) : 0;
};
