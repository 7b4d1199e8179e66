import type { z } from 'zod';
import type { kubeLoginSchema } from '../src/config/fix-schema.ts';
import type { Fix } from '../src/model/fix.ts';
import type { Refusal } from '../src/model/run.ts';
import { commandFix, commandWork } from '../src/runner/command-fix.ts';
import type { FixCall, FixContext } from '../src/runner/context.ts';
import { makeFix } from '../src/runner/fix.ts';
import { isRefusal, refuse } from '../src/runner/refusal.ts';
import { showCommand } from '../src/text/command-line.ts';

export type KubeLoginEntry = z.output<typeof kubeLoginSchema>;

const placeholder = '{cluster}';

const clusterArgument = (entry: KubeLoginEntry, args: FixCall['args']): unknown => {
  for (const name of entry.clusterArguments) {
    const value = args !== undefined && Object.hasOwn(args, name) ? args[name] : undefined;
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
};

/**
 * Finds the cluster of a call: the one it names, else the default one, else the only one. Only an exact
 * name counts, so a call can never choose a cluster that is not configured. Undefined if no
 * cluster is configured: then one command serves them all.
 */
export const clusterOf = (entry: KubeLoginEntry, args: FixCall['args']): string | undefined | Refusal => {
  const clusters = Object.keys(entry.clusters);
  if (entry.defaultCluster !== undefined && !clusters.includes(entry.defaultCluster))
    clusters.push(entry.defaultCluster);
  if (clusters.length === 0) return undefined;
  const only = clusters.length === 1 ? clusters[0] : undefined;
  const wanted = clusterArgument(entry, args) ?? entry.defaultCluster ?? only;
  if (typeof wanted === 'string' && clusters.includes(wanted)) return wanted;
  const what =
    wanted === undefined
      ? 'the call names no cluster, and there is no `defaultCluster`'
      : `the cluster ${JSON.stringify(wanted)} is not configured`;
  return refuse('CLUSTER_NOT_CONFIGURED', `${what}; configured are ${clusters.join(', ')}`);
};

const forCluster = (argv: readonly string[], cluster: string | undefined): readonly string[] =>
  cluster === undefined ? argv : argv.map((argument) => argument.replaceAll(placeholder, () => cluster));

/** Logs in to the cluster that the failed call is about. */
export const kubeLogin = (entry: KubeLoginEntry, call: FixCall, context: FixContext): Fix | Refusal => {
  const cluster = clusterOf(entry, call.args);
  if (typeof cluster === 'object' && isRefusal(cluster)) return cluster;
  const configured = (cluster === undefined ? undefined : entry.clusters[cluster]?.command) ?? entry.command;
  if (configured === undefined) {
    return refuse('FIX_NOT_CONFIGURED', `kube_login has no command for ${cluster ?? 'a call that names no cluster'}`);
  }
  if (cluster === undefined && configured.some((argument) => argument.includes(placeholder))) {
    return refuse(
      'CLUSTER_NOT_CONFIGURED',
      `the command of kube_login wants a ${placeholder}, but no clusters are configured`,
    );
  }
  const argv = forCluster(configured, cluster);
  const target = [entry.target, cluster].filter((part) => part !== undefined).join('/') || 'default';
  const { probe: asked } = entry;
  const probe = asked && 'command' in asked ? { ...asked, command: [...forCluster(asked.command, cluster)] } : asked;
  const { probe: ask, start } = commandFix(
    { ...entry, probe },
    { name: 'kube_login', target, tool: call.tool },
    context,
  );
  return makeFix(
    {
      name: 'kube_login',
      target,
      description: `runs ${showCommand(argv)}`,
      timeoutMs: entry.timeoutMs,
      settleMs: entry.settleMs,
      probe: ask,
      work: async (request) => commandWork(await start(argv, request)),
    },
    context,
  );
};
