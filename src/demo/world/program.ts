import { packageFile } from '../../package-root.ts';

export type ProgramName = 'kube-login' | 'proxy' | 'server' | 'tunnel' | 'vpn-connect';

/** The compiled program of that name. */
export const programFile = (name: ProgramName): string => packageFile(`dist/src/demo/programs/${name}.js`);

/** The command that runs it. */
export const programCommand = (name: ProgramName, ...args: string[]): string[] => [
  process.execPath,
  programFile(name),
  ...args,
];
