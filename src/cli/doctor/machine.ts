import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';
import type { Config } from '../../config/schema.ts';
import { replaceableBy } from '../../learning/safe-path.ts';
import { packageFile } from '../../package-root.ts';
import { errorText } from '../../text/error-text.ts';
import { commandFault } from './programs.ts';
import type { Patient, Trouble } from './trouble.ts';

interface Package {
  readonly name?: string;
  readonly version?: string;
  readonly engines?: { readonly node?: string };
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const readPackage = (path: string): Package => JSON.parse(readFileSync(path, 'utf8')) as Package;

const numbersOf = (version: string): number[] => (/\d+(?:\.\d+)*/.exec(version)?.[0] ?? '').split('.').map(Number);

/** Whether a version is at least the one of a range such as `^8.11.0` or `>=20.19`, and of the same major version after `^`. */
export const satisfies = (version: string, range: string): boolean => {
  const [have, need] = [numbersOf(version), numbersOf(range)];
  if (range.startsWith('^') && have[0] !== need[0]) return false;
  for (const [at, least] of need.entries()) {
    const part = have[at] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
};

/** The version of an installed package; undefined if there is none. */
const versionOf = (name: string, from: readonly string[]): string | undefined => {
  for (const place of from) {
    try {
      const entry = createRequire(place).resolve(name);
      for (let at = dirname(entry); dirname(at) !== at; at = dirname(at)) {
        const path = join(at, 'package.json');
        if (existsSync(path) && readPackage(path).name === name) return readPackage(path).version;
      }
    } catch {
      // It may be installed in another place.
    }
  }
  return undefined;
};

/** Examines Node.js, and the optional packages that a configuration needs. */
export const machineTroubles = (config: Config, { nodeVersion, cwd, script }: Patient): Trouble[] => {
  const { engines = {}, peerDependencies = {} } = readPackage(packageFile('package.json'));
  const { node: wanted = '' } = engines;
  const found: Trouble[] = satisfies(nodeVersion, wanted)
    ? []
    : [{ at: 'Node.js', problem: `version ${nodeVersion} is too old`, advice: `install a version ${wanted}` }];
  const needed = [
    ...(config.fleet === undefined ? [] : [{ name: 'pg', at: 'fleet', from: [script] }]),
    ...(config.telemetry === 'on'
      ? [{ name: '@opentelemetry/api', at: 'telemetry', from: [script, join(cwd, 'package.json')] }]
      : []),
  ];
  for (const { name, at, from } of needed) {
    const range = peerDependencies[name] ?? '';
    const version = versionOf(name, from);
    const advice = `run npm install ${name}@${range}`;
    if (version === undefined)
      found.push({ at, problem: `it needs the package ${name}, which is not installed`, advice });
    else if (!satisfies(version, range))
      found.push({ at, problem: `${name} ${version} does not fit ${range}`, advice });
  }
  return found;
};

/** Examines what lessons may run. */
export const programTroubles = ({ learn }: Config, cwd: string, patient: Patient): Trouble[] =>
  learn.programs.flatMap((entry, index): Trouble[] => {
    const [program = ''] = typeof entry === 'string' ? [entry] : entry;
    const at = `learn.programs[${index}]`;
    const fault = commandFault([program], cwd, patient);
    if (fault !== null) return [{ at, ...fault }];
    if (!isAbsolute(program) || patient.platform === 'win32') return [];
    try {
      const unsafe = replaceableBy(program);
      return unsafe === null
        ? []
        : [
            {
              at,
              problem: `${unsafe}; others could change what would run`,
              advice: 'change that, or remove the entry',
            },
          ];
    } catch (error) {
      return [{ at, problem: errorText(error), advice: 'correct the path' }];
    }
  });
