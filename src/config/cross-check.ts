import { isAbsolute, relative, sep } from 'node:path';
import type { FixName } from '../model/words.ts';
import { globTest } from '../policy/glob.ts';
import type { Path, Problem } from './problem.ts';
import type { Config } from './schema.ts';

type Entry<Name extends 'kube_login' | 'token_refresh' | 'cache_clear'> = NonNullable<Config['fixes'][Name]>[number];
type Say = (path: Path, message: string, at?: Problem['at']) => void;

const checkKubeLogin = (entry: Entry<'kube_login'>, say: Say): void => {
  const clusters = Object.entries(entry.clusters);
  const bare = clusters.filter(([, cluster]) => cluster.command === undefined).map(([name]) => name);
  if (entry.command === undefined && clusters.length === 0) {
    say([], 'kube_login has no command: give it `command`, or `clusters` with a command each', 'key');
  } else if (entry.command === undefined && bare.length > 0) {
    for (const name of bare)
      say(['clusters', name], `no command for the cluster '${name}': neither here nor in \`command\``, 'key');
  }
  const { command, defaultCluster } = entry;
  if (clusters.length > 0 && defaultCluster !== undefined && !Object.hasOwn(entry.clusters, defaultCluster)) {
    const known = clusters.map(([name]) => name).join(', ');
    say(['defaultCluster'], `the cluster '${defaultCluster}' is not among \`clusters\` (${known})`);
  }
  const word = command?.findIndex((argument) => argument.includes('{cluster}')) ?? -1;
  if (word >= 0 && clusters.length === 0 && defaultCluster === undefined) {
    say(['command', word], 'the command wants a {cluster}, but neither `clusters` nor `defaultCluster` names one');
  }
};

const checkTokenRefresh = (entry: Entry<'token_refresh'>, say: Say): void => {
  const { command, oauth, deliver } = entry;
  if (command === undefined && oauth === undefined) {
    say([], 'token_refresh has no way to get a token: give it `command` or `oauth`', 'key');
  }
  if (command !== undefined && oauth !== undefined)
    say(['oauth'], 'token_refresh has both `command` and `oauth`; one of them is enough', 'key');
  if (oauth !== undefined && oauth.issuer === undefined && oauth.tokenEndpoint === undefined) {
    say(['oauth'], 'oauth needs an `issuer` or a `tokenEndpoint`', 'key');
  }
  if (deliver.header && !deliver.header.value.includes('{token}'))
    say(['deliver', 'header', 'value'], 'the header has no {token} in it');
};

const checkCacheClear = (entry: Entry<'cache_clear'>, say: Say): void => {
  if (entry.folders.length === 0 && entry.tool === undefined) {
    say([], 'cache_clear has nothing to clear: give it `folders` with `allowedRoots`, or a `tool`', 'key');
  }
  if (entry.folders.length > 0 && entry.allowedRoots.length === 0) {
    say(['folders'], 'no folder is emptied without `allowedRoots`: name the folders that it must lie in', 'key');
  }
};

/** Finds what no single key shows: parts of a configuration that do not fit together. Fixes given as functions need no command. */
export const crossCheck = (config: Config, functions: readonly FixName[] = []): Problem[] => {
  const problems: Problem[] = [];
  const each = <T>(name: FixName, entries: readonly T[] | undefined, check: (entry: T, say: Say) => void): void => {
    if (functions.includes(name)) return;
    for (const [index, entry] of (entries ?? []).entries()) {
      check(entry, (path, message, at) => problems.push({ path: ['fixes', name, index, ...path], message, at }));
    }
  };
  each('kube_login', config.fixes.kube_login, checkKubeLogin);
  each('token_refresh', config.fixes.token_refresh, checkTokenRefresh);
  each('cache_clear', config.fixes.cache_clear, checkCacheClear);
  for (const glob of Object.keys(config.tools)) {
    if (glob.trim() === '') problems.push({ path: ['tools', glob], at: 'key', message: 'the name of a tool is empty' });
  }
  return problems;
};

const isInside = (folder: string, root: string): boolean => {
  const way = relative(root, folder);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
};

/** Finds what works, but hardly as it was meant: rules that an earlier one hides, tokens and folders that reach nobody. */
export const findDoubts = (config: Config): Problem[] => {
  const doubts: Problem[] = [];
  const globs = Object.keys(config.tools);
  for (const [index, glob] of globs.entries()) {
    // A glob that matches the text of a later one matches all that the later one does.
    const hiding = globs.slice(0, index).find((earlier) => /[*?]/.test(earlier) && globTest(earlier)(glob));
    if (hiding !== undefined) {
      doubts.push({ path: ['tools', glob], at: 'key', message: `never reached: '${hiding}' above matches first` });
    }
  }
  for (const [name, entries] of Object.entries(config.fixes)) {
    if (!Array.isArray(entries)) continue;
    const all = entries.findIndex((entry) => entry.tools.includes('*'));
    if (all >= 0 && all < entries.length - 1) {
      const message = `never reached: entry ${all + 1} of ${name} is for all tools`;
      doubts.push({ path: ['fixes', name, all + 1], message });
    }
  }
  for (const [index, { oauth, deliver }] of (config.fixes.token_refresh ?? []).entries()) {
    if ((oauth === undefined || deliver.file) ?? deliver.env ?? deliver.header) continue;
    const message = 'the new token reaches nobody: give `deliver` a `file`, an `env` or a `header`';
    doubts.push({ path: ['fixes', 'token_refresh', index, 'oauth'], at: 'key', message });
  }
  for (const [index, { folders, allowedRoots }] of (config.fixes.cache_clear ?? []).entries()) {
    for (const [at, folder] of folders.entries()) {
      if (allowedRoots.length === 0 || allowedRoots.some((root) => isInside(folder, root))) continue;
      const message = `${folder} lies in none of \`allowedRoots\`: it will not be emptied`;
      doubts.push({ path: ['fixes', 'cache_clear', index, 'folders', at], message });
    }
  }
  return doubts;
};
