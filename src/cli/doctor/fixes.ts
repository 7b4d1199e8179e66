import { accessSync, constants, existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { systemClock } from '../../clock.ts';
import { secretVariables } from '../../config/cross-check/variables.ts';
import { type PlacedEntry, repairEntries } from '../../config/fix-entries.ts';
import { shownVariable } from '../../config/literal-secrets.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { variablesIn } from '../../config/upstream-headers.ts';
import { Cancellation } from '../../platform/cancellation.ts';
import { systemRandom } from '../../random.ts';
import type { Redactor } from '../../redact/index.ts';
import { commandEnvironment } from '../../runner/environment.ts';
import { makeProbe, type ProbeEntry } from '../../runner/probe.ts';
import { errorText } from '../../text/error-text.ts';
import { commandFault } from './programs.ts';
import { type Patient, shownPath, type Trouble } from './trouble.ts';

type Path = readonly (string | number)[];

/** The commands of an entry, its probe included. */
const commandsOf = ({ entry, path }: PlacedEntry): { argv: readonly string[]; path: Path; isProbe?: boolean }[] => [
  ...('command' in entry && entry.command !== undefined ? [{ argv: entry.command, path: [...path, 'command'] }] : []),
  ...('clusters' in entry
    ? Object.entries(entry.clusters).flatMap(([name, { command }]) =>
        command === undefined ? [] : [{ argv: command, path: [...path, 'clusters', name, 'command'] }],
      )
    : []),
  ...('probe' in entry && entry.probe !== undefined && 'command' in entry.probe
    ? [{ argv: entry.probe.command, path: [...path, 'probe', 'command'], isProbe: true }]
    : []),
];

/** A word such as `{context}` in an argument; those of templates of programs, as `{{.Name}}` and `%{code}`, are none. */
const placeholder = /(?:^|[=:/,@])(\{[A-Za-z_]\w*\})(?=$|[:/,@.])/;

const placeholderTrouble = (placed: PlacedEntry): Trouble[] =>
  commandsOf(placed).flatMap(({ argv, path, isProbe }) =>
    argv.flatMap((argument, index) => {
      const found = placeholder.exec(argument)?.[1];
      const isKnown = placed.name === 'kube_login' && isProbe !== true && argument === '{cluster}';
      if (found === undefined || isKnown) return [];
      return {
        at: shownPath([...path, index]),
        problem: `${found} is not replaced here: the program gets it as it is`,
        advice: placed.name === 'kube_login' ? 'use {cluster}, as an argument of its own' : 'write the value itself',
      };
    }),
  );

/** The variables that a configuration needs, and where it names them. */
const variablesOf = ({ config }: LoadedConfig): (readonly [string | undefined, Path])[] => [
  ...secretVariables(config),
  ...repairEntries(config.fixes).flatMap(({ entry, path }) =>
    'env' in entry ? entry.env.map((name, index) => [name, [...path, 'env', index]] as const) : [],
  ),
  ...Object.entries(config.proxy.headers).flatMap(([header, value]) =>
    variablesIn(value).map((name) => [name, ['proxy', 'headers', header]] as const),
  ),
];

const variableTrouble = (loaded: LoadedConfig, { env }: Patient): Trouble[] =>
  variablesOf(loaded).flatMap(([name, path]) =>
    name === undefined || (env[name] ?? '') !== ''
      ? []
      : {
          at: shownPath(path),
          problem: `the environment variable ${shownVariable(name, env)} is not set`,
          advice: 'set it where healflow is started, as in the `env` of the client, or remove the name',
        },
  );

/** Why something cannot be done with a path; undefined if it can. */
const denied = (path: string, mode: number): string | undefined => {
  try {
    accessSync(path, mode);
    return undefined;
  } catch (error) {
    return errorText(error);
  }
};

const fileTrouble = ({ entry, path }: PlacedEntry): Trouble[] => {
  const found: Trouble[] = [];
  const add = (more: Path, problem: string | undefined, advice: string): void => {
    if (problem !== undefined) found.push({ at: shownPath([...path, ...more]), problem, advice });
  };
  if ('oauth' in entry && entry.oauth !== undefined) {
    const file = entry.oauth.refreshTokenFile;
    const why = denied(file, constants.R_OK);
    add(
      ['oauth', 'refreshTokenFile'],
      why && `the refresh token cannot be read: ${why}`,
      `log in, and put it into ${file}`,
    );
    if (why === undefined) {
      const isEmpty = !/^\s*[\x21-\x7e]+\s*$/.test(readFileSync(file, 'utf8'));
      add(
        ['oauth', 'refreshTokenFile'],
        isEmpty ? `${file} holds no refresh token` : undefined,
        'log in, and put it there, and nothing else',
      );
      const fixed = denied(dirname(file), constants.W_OK);
      add(
        ['oauth', 'refreshTokenFile'],
        fixed && `a new refresh token could not be stored: ${fixed}`,
        'let this user write to its folder',
      );
    }
  }
  if ('tokenSource' in entry && entry.tokenSource?.file !== undefined && existsSync(entry.tokenSource.file)) {
    const why = denied(entry.tokenSource.file, constants.R_OK);
    add(['tokenSource', 'file'], why && `the token cannot be read: ${why}`, 'let this user read it');
  }
  if ('deliver' in entry) {
    for (const file of [entry.deliver.file ?? []].flat()) {
      const target = typeof file === 'string' ? file : file.path;
      const why = denied(dirname(target), constants.W_OK);
      add(
        ['deliver', 'file'],
        why && `the token cannot be written to ${target}: ${why}`,
        'make its folder, and let this user write there',
      );
    }
  }
  if ('folders' in entry) {
    const roots = entry.allowedRoots.flatMap((root, index) => {
      const why = denied(root, constants.R_OK);
      add(['allowedRoots', index], why && `the folder cannot be used: ${why}`, 'make it, or correct its path');
      return why === undefined ? [realpathSync(root)] : [];
    });
    for (const [index, folder] of entry.folders.entries()) {
      const isThere = existsSync(folder);
      const why = isThere ? denied(folder, constants.W_OK) : undefined;
      const isFile = isThere && !statSync(folder).isDirectory();
      const isOutside = isThere && roots.every((root) => relative(root, realpathSync(folder)).startsWith('..'));
      add(['folders', index], why && `the folder cannot be emptied: ${why}`, 'let this user write there');
      add(['folders', index], isFile ? `${folder} is no folder` : undefined, 'name the folder to empty');
      add(
        ['folders', index],
        isOutside && !isFile ? `${folder} is outside of \`allowedRoots\`` : undefined,
        'add its root, or correct it',
      );
    }
  }
  return found;
};

const probeTrouble = async (
  { name, entry, path }: PlacedEntry,
  probe: ProbeEntry,
  loaded: LoadedConfig,
  patient: Patient,
  redact: Redactor,
): Promise<Trouble[]> => {
  const at = shownPath([...path, 'probe']);
  const cwd = ('cwd' in entry ? entry.cwd : undefined) ?? loaded.baseDir;
  if ('command' in probe && commandFault(probe.command, cwd, patient) !== null) return [];
  const named = 'env' in entry ? entry.env : [];
  const env = commandEnvironment(patient.env, named, { fix: name, target: 'default', tool: 'doctor' });
  const context = { baseDir: loaded.baseDir, clock: systemClock, random: systemRandom, redact, env: patient.env };
  const { healthy, reason } = await makeProbe(probe, { context, cwd, env })(new Cancellation());
  if (healthy) return [];
  return [
    {
      at,
      problem: `the probe fails: ${reason}`,
      advice: 'if the service works now, correct the probe; if not, repair it',
    },
  ];
};

/** Examines the fixes of a configuration. Runs their probes, and nothing else. */
export const fixTroubles = async (loaded: LoadedConfig, patient: Patient, redact: Redactor): Promise<Trouble[]> => {
  const entries = repairEntries(loaded.config.fixes);
  const commands = entries.flatMap((placed) => {
    const cwd = ('cwd' in placed.entry ? placed.entry.cwd : undefined) ?? loaded.baseDir;
    return commandsOf(placed).flatMap(({ argv, path }) => {
      const fault = commandFault(argv, cwd, patient);
      return fault === null ? [] : [{ at: shownPath(path), ...fault }];
    });
  });
  const probes = await Promise.all(
    entries.map((placed) =>
      'probe' in placed.entry && placed.entry.probe !== undefined
        ? probeTrouble(placed, placed.entry.probe, loaded, patient, redact)
        : [],
    ),
  );
  return [
    ...commands,
    ...entries.flatMap(placeholderTrouble),
    ...variableTrouble(loaded, patient),
    ...entries.flatMap(fileTrouble),
    ...probes.flat(),
  ];
};
