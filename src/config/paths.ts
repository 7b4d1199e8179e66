import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DeliverEntry } from './deliver.ts';
import type { Config } from './schema.ts';

/** Makes paths of a configuration absolute: `~/` is the home folder, everything else relative to `baseDir`. */
export const resolvePath = (baseDir: string, path: string): string => {
  if (path === '~') return homedir();
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(baseDir, path);
};

type Probe = NonNullable<NonNullable<Config['fixes']['kube_login']>[number]['probe']>;

type DeliveredFile = Exclude<DeliverEntry['file'], undefined | readonly unknown[]>;

/** The folder of the lessons. */
export const lessonsDir = ({
  config: { learn },
  baseDir,
}: {
  readonly config: Config;
  readonly baseDir: string;
}): string => learn.lessons ?? resolve(baseDir, 'lessons');

/** Makes the paths of a configuration absolute, so that no other module needs its folder. */
export const resolvePaths = (config: Config, baseDir: string): Config => {
  const path = (given: string): string => resolvePath(baseDir, given);
  // A program named by a path belongs to the config; any other is looked up in PATH.
  const argv = ([program, ...rest]: readonly string[]): string[] => [
    program !== undefined && /^(?:\.{1,2}|~)\//.test(program) ? path(program) : (program ?? ''),
    ...rest,
  ];
  const probe = (given: Probe | undefined) =>
    given === undefined ? {} : { probe: 'command' in given ? { ...given, command: argv(given.command) } : given };
  const command = <
    T extends {
      readonly command?: string[] | undefined;
      readonly cwd?: string | undefined;
      readonly probe?: Probe | undefined;
    },
  >(
    entry: T,
  ): T => ({
    ...entry,
    ...(entry.command === undefined ? {} : { command: argv(entry.command) }),
    ...(entry.cwd === undefined ? {} : { cwd: path(entry.cwd) }),
    ...probe(entry.probe),
  });
  const { kube_login, token_refresh, vpn_connect, cache_clear, own } = config.fixes;
  const deliveredFile = (file: DeliveredFile): DeliveredFile =>
    typeof file === 'string' ? path(file) : { ...file, path: path(file.path) };
  const deliveredFiles = (files: NonNullable<DeliverEntry['file']>): NonNullable<DeliverEntry['file']> =>
    Array.isArray(files) ? files.map(deliveredFile) : deliveredFile(files);
  return {
    ...config,
    ...(config.memoryDir === undefined ? {} : { memoryDir: path(config.memoryDir) }),
    ...(config.stateDir === undefined ? {} : { stateDir: path(config.stateDir) }),
    ...(config.fleet?.caFile === undefined ? {} : { fleet: { ...config.fleet, caFile: path(config.fleet.caFile) } }),
    patternFiles: config.patternFiles.map(path),
    learn: {
      ...config.learn,
      programs: config.learn.programs.map((entry) => (typeof entry === 'string' ? path(entry) : argv(entry))),
      ...(config.learn.lessons === undefined ? {} : { lessons: path(config.learn.lessons) }),
    },
    fixes: {
      ...config.fixes,
      own: Object.fromEntries(Object.entries(own).map(([name, entries]) => [name, entries.map(command)])),
      ...(kube_login && {
        kube_login: kube_login.map((entry) => ({
          ...command(entry),
          clusters: Object.fromEntries(
            Object.entries(entry.clusters).map(([name, cluster]) => [
              name,
              cluster.command === undefined ? cluster : { ...cluster, command: argv(cluster.command) },
            ]),
          ),
        })),
      }),
      ...(token_refresh && {
        token_refresh: token_refresh.map((entry) => ({
          ...command(entry),
          ...(entry.oauth && { oauth: { ...entry.oauth, refreshTokenFile: path(entry.oauth.refreshTokenFile) } }),
          ...(entry.tokenSource?.file !== undefined && {
            tokenSource: { ...entry.tokenSource, file: path(entry.tokenSource.file) },
          }),
          deliver: {
            ...entry.deliver,
            ...(entry.deliver.file === undefined ? {} : { file: deliveredFiles(entry.deliver.file) }),
          },
        })),
      }),
      ...(vpn_connect && { vpn_connect: vpn_connect.map(command) }),
      ...(cache_clear && {
        cache_clear: cache_clear.map((entry) => ({
          ...entry,
          folders: entry.folders.map(path),
          allowedRoots: entry.allowedRoots.map(path),
        })),
      }),
    },
  };
};
