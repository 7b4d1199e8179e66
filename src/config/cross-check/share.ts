import type { FixName } from '../../model/terms.ts';
import { type PlacedEntry, repairEntries } from '../fix-entries.ts';
import type { Problem } from '../problem.ts';
import type { Config } from '../schema.ts';

/** What a fix changes in this process or on this machine alone; undefined if nothing shows that it does. */
const localEffect = (entry: PlacedEntry['entry']): string | undefined => {
  if ('folders' in entry) return entry.tool === undefined ? 'folders of this machine' : 'one server';
  if ('foreground' in entry && entry.foreground === true) return 'a tunnel of this machine';
  if (!('deliver' in entry)) return undefined;
  const { env, args, header } = entry.deliver;
  if (env !== undefined) return 'the environment of one server (`deliver.env`)';
  if (args !== undefined) return 'the arguments of one server (`deliver.args`)';
  return header === undefined ? undefined : 'the requests of one process (`deliver.header`)';
};

const shared = ({ fixes }: Config): PlacedEntry[] =>
  repairEntries(fixes)
    .filter(({ entry }) => entry.share !== undefined)
    .map((placed) => ({ ...placed, path: [...placed.path, 'share'] }));

/** Finds fixes that machines cannot share: without a database, or with an effect that other machines do not have. */
export const checkShares = (config: Config, isFunction: (name: FixName) => boolean): Problem[] =>
  shared(config).flatMap(({ name, entry, path }): Problem[] => {
    if (config.fleet === undefined) {
      const problem = '`share.fleet` needs a database';
      return [
        { path, at: 'key', problem, advice: 'set `fleet.urlEnv` to the environment variable that holds its URL' },
      ];
    }
    if (isFunction(name)) {
      const problem = `${name} is a function of this program, and only a configured fix can be shared with a fleet`;
      return [{ path, at: 'key', problem, advice: 'remove `share`' }];
    }
    if (entry.share?.approval === 'approvers' && entry.mode === 'auto') {
      const problem = `\`share.approval\` has no effect without \`mode: ask\`: ${name} runs without an approval`;
      const advice = `set \`mode: ask\`, or remove \`approval\` if ${name} may run by itself`;
      return [{ path: [...path, 'approval'], problem, advice }];
    }
    const effect = localEffect(entry);
    if (effect === undefined) return [];
    const problem = `${name} changes ${effect}: a run on one machine does not help the others`;
    return [{ path, at: 'key', problem, advice: 'remove `share`' }];
  });

/** Finds fixes that are shared with a fleet, and may harm it or not help it. */
export const warnShares = (config: Config): Problem[] =>
  shared(config).flatMap(({ name, entry, path }): Problem[] => {
    if (name === 'kube_login') {
      const problem =
        'kube_login usually changes a file of this machine: then a run on one machine does not help the others';
      return [{ path, at: 'key', problem, advice: 'share it only if all machines use the same file' }];
    }
    if (!('deliver' in entry)) return [];
    const file: Problem[] =
      entry.deliver.file === undefined
        ? []
        : [
            {
              path,
              at: 'key',
              problem: 'only one machine writes the file of `deliver`',
              advice: 'share the fix only if all machines use the same file',
            },
          ];
    if (entry.oauth === undefined || entry.share?.whenLost !== 'machine') return file;
    const problem = 'without its database, several machines may use the refresh token at once, which can end it';
    return [...file, { path: [...path, 'whenLost'], problem, advice: 'set `whenLost: refuse`' }];
  });
