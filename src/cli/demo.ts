import { HealError } from '../errors.ts';

export interface DemoCommandOptions {
  readonly memory?: string | undefined;
  readonly fleet?: boolean | undefined;
  readonly urlEnv?: string | undefined;
  readonly caFile?: string | undefined;
  readonly approve?: boolean | undefined;
}

/**
 * Runs one of the demos; resolves with the exit code.
 *
 * @throws HealError `CONFIG_INVALID` if the options do not go together, and what the demos throw.
 */
export const demoCommand = async ({ memory, fleet, urlEnv, caFile, approve }: DemoCommandOptions): Promise<number> => {
  if (fleet === true) {
    if (memory !== undefined) throw new HealError('CONFIG_INVALID', '--fleet keeps no events: leave out --memory');
    if (caFile !== undefined && urlEnv === undefined) {
      throw new HealError('CONFIG_INVALID', '--ca-file is for the database of --url-env: add it');
    }
    const { demoFleet } = await import('../demo/fleet/demo-fleet.ts');
    return demoFleet({ urlEnv, caFile, approve });
  }
  const given = { '--url-env': urlEnv, '--ca-file': caFile, '--approve': approve };
  const other = Object.entries(given).find(([, value]) => value !== undefined)?.[0];
  if (other !== undefined) {
    throw new HealError('CONFIG_INVALID', `${other} is only for the demo of a fleet: add --fleet`);
  }
  const { demo } = await import('../demo/demo.ts');
  return demo({ memory });
};
