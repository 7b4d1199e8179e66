import type { Problem } from '../problem.ts';
import type { Entry } from './entry.ts';

const missingCommands = ({ command, clusters }: Entry<'kube_login'>): Problem[] => {
  if (command !== undefined) return [];
  const all = Object.entries(clusters);
  if (all.length === 0) {
    const advice = 'give it `command`, or `clusters` with a command each';
    return [{ path: [], at: 'key', problem: 'kube_login has no command', advice }];
  }
  return all
    .filter(([, cluster]) => cluster.command === undefined)
    .map(([name]) => ({
      path: ['clusters', name],
      at: 'key',
      problem: `no command for the cluster '${name}'`,
      advice: 'give it `command` here, or give one to the whole entry',
    }));
};

const unknownDefault = ({ defaultCluster, clusters }: Entry<'kube_login'>): Problem[] => {
  const known = Object.keys(clusters);
  if (defaultCluster === undefined) return [];
  if (known.length === 0) return [];
  if (known.includes(defaultCluster)) return [];
  const problem = `the cluster '${defaultCluster}' is not among \`clusters\``;
  return [{ path: ['defaultCluster'], problem, advice: `use one of ${known.join(', ')}` }];
};

const unfilledCluster = ({ command, defaultCluster, clusters }: Entry<'kube_login'>): Problem[] => {
  const index = (command ?? []).findIndex((argument) => argument.includes('{cluster}'));
  const isUsed = index >= 0;
  const isNamed = defaultCluster !== undefined;
  const isListed = Object.keys(clusters).length > 0;
  if (!isUsed || isNamed || isListed) return [];
  const problem = 'the command contains {cluster}, but no cluster is configured';
  return [{ path: ['command', index], problem, advice: 'add `clusters` or `defaultCluster`' }];
};

/** Finds parts of a `kube_login` entry that do not fit together. */
export const checkKubeLogin = (entry: Entry<'kube_login'>): Problem[] => [
  ...missingCommands(entry),
  ...unknownDefault(entry),
  ...unfilledCluster(entry),
];
