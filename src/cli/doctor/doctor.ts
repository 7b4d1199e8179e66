import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { inFileOrder } from '../../config/finding.ts';
import { resolvePaths } from '../../config/paths.ts';
import { type ReadConfig, readConfig } from '../../config/read.ts';
import { redactorFor } from '../../config/redactor.ts';
import { configSchema } from '../../config/schema.ts';
import { HealError } from '../../errors.ts';
import { packageFile } from '../../package-root.ts';
import { blankControls, printable, printableJson } from '../../text/sanitize.ts';
import { checkLessons } from '../check-lessons.ts';
import { clientTroubles } from './clients.ts';
import { fixTroubles } from './fixes.ts';
import { folderTroubles } from './folders.ts';
import { machineTroubles, programTroubles } from './machine.ts';
import type { Patient, Trouble } from './trouble.ts';

export interface DoctorOptions {
  readonly config?: string;
  readonly memory?: string;
  readonly json?: boolean;
}

const thisMachine = (): Patient => ({
  env: process.env,
  cwd: process.cwd(),
  home: homedir(),
  platform: process.platform,
  nodeVersion: process.versions.node,
  script: packageFile('dist/src/cli/main.js'),
});

/** The configuration, or null with what is wrong with it. */
const readChecked = async (configFile: string | undefined, cwd: string): Promise<ReadConfig | Trouble> => {
  try {
    return await readConfig({ configFile, cwd });
  } catch (error) {
    if (!(error instanceof HealError)) throw error;
    return { at: configFile ?? 'healflow.yaml', problem: error.message, advice: 'correct the path or the file' };
  }
};

/** What `healflow check` finds, warnings included. */
const configTroubles = async (read: ReadConfig): Promise<Trouble[]> =>
  [...read.parts, ...(await checkLessons(read))].flatMap(({ problems, warnings }) =>
    inFileOrder([...problems, ...warnings]).map((finding) => ({
      at: finding.shownPlace,
      problem: finding.problem,
      advice: finding.advice ?? 'correct it; healflow check shows the line',
    })),
  );

/** Examines a set-up: what is wrong, secrets masked, and the file that was read. Runs probes, but no fix, and changes nothing. */
export const examine = async (
  { config: configFile, memory }: DoctorOptions,
  patient: Patient,
): Promise<{ readonly file: string | null; readonly troubles: Trouble[] }> => {
  const read = await readChecked(configFile, patient.cwd);
  const isRead = 'parts' in read;
  const defaultDir = configFile === undefined ? patient.cwd : dirname(resolve(patient.cwd, configFile));
  const baseDir = isRead ? read.baseDir : defaultDir;
  const config = (isRead ? read.config : null) ?? resolvePaths(configSchema.parse({}), baseDir);
  const loaded = { config, file: isRead ? read.file : null, baseDir };
  const redact = redactorFor(config, patient.env);
  const troubles = [
    ...machineTroubles(config, patient),
    ...(isRead ? await configTroubles(read) : [read]),
    ...(await fixTroubles(loaded, patient, redact)),
    ...programTroubles(config, baseDir, patient),
    ...(await folderTroubles(loaded, memory, patient)),
    ...clientTroubles(patient),
  ];
  const masked = (text: string): string => blankControls(redact(text));
  return {
    file: loaded.file,
    troubles: troubles.map(({ at, problem, advice }) => ({
      at: masked(at),
      problem: masked(problem),
      advice: masked(advice),
    })),
  };
};

/**
 * Checks the set-up of this machine, and says what to do: one line for each thing that is wrong.
 *
 * @returns the exit code: 1 if something is wrong, else 0.
 */
export const doctor = async (options: DoctorOptions): Promise<number> => {
  const { file, troubles } = await examine(options, thisMachine());
  const lines = troubles.map(({ at, problem, advice }) => `${at}: ${problem}; ${advice}`);
  const well = `all is well${file === null ? ', without a healflow.yaml' : ''}`;
  process.stdout.write(
    options.json === true
      ? `${printableJson(JSON.stringify({ ok: troubles.length === 0, file, troubles }))}\n`
      : `${(lines.length === 0 ? [well] : lines).map(printable).join('\n')}\n`,
  );
  return troubles.length === 0 ? 0 : 1;
};
