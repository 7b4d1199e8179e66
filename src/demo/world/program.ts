import { packageFile } from '../../package-root.ts';

export type ProgramName = 'kube-login' | 'proxy' | 'server' | 'tunnel' | 'vpn-connect';

/** Returns the path of a compiled program. */
export const programFile = (name: ProgramName): string => packageFile(`dist/src/demo/programs/${name}.js`);

/** Returns the command that runs a program. */
export const programCommand = (name: ProgramName, ...args: string[]): string[] => [
  process.execPath,
  programFile(name),
  ...args,
];
