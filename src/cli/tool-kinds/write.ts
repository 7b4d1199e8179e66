import { existsSync } from 'node:fs';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { configPaths } from '../../config/config-file-names.ts';
import { EditError, toolsIn, withToolKinds } from '../../config/edit-tools.ts';
import { loadConfig } from '../../config/load.ts';
import { shownPath } from '../../config/read.ts';
import { HealError } from '../../errors.ts';
import type { ToolKind } from '../../model/terms.ts';
import { errorCode } from '../../platform/fs.ts';
import { createToolRules } from '../../policy/tool-rules.ts';
import { replaceBytes } from '../client-config/replace-file.ts';

const heading =
  '# How failing tool calls are healed. "healflow check" validates this file; README.md lists all options.\n';

/** The file that the kinds go into: the one that is used, else a new one in this folder. */
export const configPath = (configFile: string | undefined, cwd = process.cwd()): string => {
  const paths = configPaths(configFile, cwd);
  const [first = ''] = paths;
  return paths.find((path) => existsSync(path)) ?? first;
};

const byHand = (kinds: ReadonlyMap<string, ToolKind>): string =>
  ['tools:', ...[...kinds].map(([name, kind]) => `  ${JSON.stringify(name)}: { kind: ${kind} }`)].join('\n');

const notChanged = (path: string, reason: string, kinds: ReadonlyMap<string, ToolKind>): HealError =>
  new HealError(
    'CONFIG_INVALID',
    `${shownPath(path, process.cwd())} was not changed: ${reason}; add this by hand:\n${byHand(kinds)}`,
  );

/** Whether a configuration gives each tool the kind that was chosen. */
const holds = async (text: string, kinds: ReadonlyMap<string, ToolKind>): Promise<boolean> => {
  const { configSchema } = await import('../../config/schema.ts');
  const parsed = configSchema.shape.tools.safeParse(toolsIn(text));
  if (!parsed.success) return false;
  const rulesOf = createToolRules({ tools: parsed.data, unannotated: 'default' });
  return [...kinds].every(([tool, kind]) => rulesOf(tool).kind === kind);
};

const edited = async (path: string, text: string, kinds: ReadonlyMap<string, ToolKind>): Promise<string> => {
  let after: string;
  try {
    after = withToolKinds(text, kinds);
  } catch (error) {
    if (error instanceof EditError) throw notChanged(path, error.message, kinds);
    throw error;
  }
  if (await holds(after, kinds).catch(() => false)) return after;
  throw notChanged(path, 'another entry of `tools` would win over the new ones', kinds);
};

const create = async (path: string, text: string): Promise<void> => {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text, { flag: 'wx' });
    // Unlike a rename, a link never replaces an existing file.
    await link(draft, path);
  } catch (error) {
    const reason = errorCode(error) === 'EEXIST' ? 'another program has just created it' : (error as Error).message;
    throw new HealError('CONFIG_INVALID', `${shownPath(path, process.cwd())} was not written: ${reason}`, {
      cause: error,
    });
  } finally {
    await rm(draft, { force: true });
  }
};

/**
 * Puts the kinds of tools into a configuration file, in one step. Comments, order and other entries stay; a file that does
 * not exist is created.
 *
 * @throws HealError CONFIG_INVALID, with the place, if the file has errors, and if it cannot be edited or written. It is as
 * it was then.
 */
export const writeToolKinds = async (path: string, kinds: ReadonlyMap<string, ToolKind>): Promise<void> => {
  if (!existsSync(path)) {
    await create(path, withToolKinds(heading, kinds));
    return;
  }
  await loadConfig({ configFile: path });
  const before = await readFile(path);
  const after = await edited(path, before.toString('utf8'), kinds);
  await replaceBytes(path, Buffer.from(after), before);
};
