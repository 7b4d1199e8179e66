import type { FixName } from '../model/terms.ts';

/** Inherited on every platform. */
const commonVariables = [
  'PATH',
  'LANG',
  'KUBECONFIG',
  'SSH_AUTH_SOCK',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
] as const;

const posixVariables = ['HOME', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR', 'XDG_RUNTIME_DIR'] as const;

/** Without SYSTEMROOT, COMSPEC and PATHEXT, many Windows programs do not start. */
const windowsVariables = [
  'APPDATA',
  'COMSPEC',
  'HOMEDRIVE',
  'HOMEPATH',
  'LOCALAPPDATA',
  'PATHEXT',
  'PROCESSOR_ARCHITECTURE',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'PROGRAMFILES(X86)',
  'PROGRAMW6432',
  'SYSTEMDRIVE',
  'SYSTEMROOT',
  'TEMP',
  'TMP',
  'USERNAME',
  'USERPROFILE',
  'WINDIR',
] as const;

/** Lists the variables that every command inherits; others only if the config names them. */
export const inheritedVariables = (platform: NodeJS.Platform = process.platform): readonly string[] => [
  ...commonVariables,
  ...(platform === 'win32' ? windowsVariables : posixVariables),
];

/** Old versions of bash run such a value as code. */
const isShellFunction = (value: string): boolean => value.startsWith('()');

const safeValue = /^[\w.:/@-]{1,128}$/;

/** The variables that tell a command why it runs: names only, never error text. */
export interface FixVariables {
  readonly fix: FixName;
  readonly target: string;
  readonly tool: string;
}

/** The variable that names the lease of a command's run, so that what a killed healflow left running can be found. */
export const leaseVariable = 'HEALFLOW_LEASE';

/** Builds the environment of a command. */
export const commandEnvironment = (
  env: NodeJS.ProcessEnv,
  named: readonly string[],
  occasion: FixVariables,
): Record<string, string> => {
  const given: Record<string, string> = {};
  const localeNames = Object.keys(env).filter((name) => name.startsWith('LC_'));
  for (const name of [...inheritedVariables(), ...localeNames]) {
    const value = env[name];
    if (value !== undefined && !isShellFunction(value)) given[name] = value;
  }
  for (const name of named) {
    const value = env[name];
    if (value !== undefined) given[name] = value;
  }
  // No terminal: programs shall not ask, page or draw.
  given.TERM = 'dumb';
  const facts = { HEALFLOW_FIX: occasion.fix, HEALFLOW_TARGET: occasion.target, HEALFLOW_TOOL: occasion.tool };
  for (const [name, value] of Object.entries(facts)) {
    if (safeValue.test(value)) given[name] = value;
  }
  return given;
};
