import { accessSync, constants, statSync } from 'node:fs';
import { basename, delimiter, extname, isAbsolute, join, resolve } from 'node:path';
import { errorText } from '../../text/error-text.ts';
import type { Patient } from './trouble.ts';

/** Programs whose first word, if it is no option, is a script. */
const interpreters = /^(?:node|nodejs|deno|bun|python[\d.]*|ruby|perl|php|sh|bash|zsh|pwsh)(?:\.exe)?$/i;

type Fault = { readonly problem: string; readonly advice: string };

/** What decides which program a name stands for. */
type Machine = Pick<Patient, 'env' | 'platform'>;

const candidates = (path: string, { platform, env }: Machine): string[] =>
  platform === 'win32' && extname(path) === ''
    ? (env.PATHEXT ?? '.EXE;.CMD;.BAT;.COM').split(';').map((extension) => path + extension)
    : [path];

const isFile = (path: string): boolean => {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** What keeps a program from being started; null if nothing is known to. Starts nothing. */
export const programFault = (program: string, cwd: string, patient: Machine): Fault | null => {
  if (/[/\\]/.test(program)) {
    const found = candidates(resolve(cwd, program), patient).find(isFile);
    if (found === undefined)
      return { problem: `there is no program ${program}`, advice: 'install it, or correct its path' };
    return isExecutable(found)
      ? null
      : { problem: `${program} is not executable`, advice: 'make it executable with chmod +x' };
  }
  const found = (patient.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .flatMap((folder) => candidates(join(folder, program), patient))
    .filter(isFile);
  if (found.some(isExecutable)) return null;
  return found[0] === undefined
    ? { problem: `there is no program ${program} in PATH`, advice: 'install it, or write its whole path' }
    : { problem: `${found[0]} is not executable`, advice: 'make it executable with chmod +x' };
};

/** What keeps a command from being started; null if nothing is known to. Starts nothing. */
export const commandFault = (argv: readonly string[], cwd: string, patient: Patient): Fault | null => {
  const [program = '', script] = argv;
  try {
    if (!statSync(cwd).isDirectory()) throw new Error('it is no folder');
  } catch (error) {
    return {
      problem: `its working folder ${cwd} cannot be used: ${errorText(error)}`,
      advice: 'make it, or correct `cwd`',
    };
  }
  const fault = programFault(program, cwd, patient);
  if (fault !== null || script === undefined || script.startsWith('-') || !interpreters.test(basename(program)))
    return fault;
  return isFile(resolve(cwd, script))
    ? null
    : { problem: `there is no script ${script} in ${cwd}`, advice: 'correct its path, or set `cwd`' };
};
