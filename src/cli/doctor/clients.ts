import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { messageOf } from '../../text/error-text.ts';
import { isRecord } from '../../text/is-record.ts';
import { clientFiles, clientNames, serverPlaces } from '../client-config/clients.ts';
import { isWrapped } from '../client-config/entry.ts';
import { membersOf, plainValue, readJsonFile } from '../client-config/json-file.ts';
import { commandFault } from './programs.ts';
import type { Patient, Trouble } from './trouble.ts';

/** What an entry that starts healflow names and that is not there. */
const entryTroubles = (at: string, words: readonly string[], patient: Patient): Trouble[] => {
  const advice = 'run healflow init --client again, or correct the path';
  const [program = '', ...rest] = words;
  const end = rest.indexOf('--');
  const own = end === -1 ? rest : rest.slice(0, end);
  // A client starts its servers in a folder of its own.
  const fault = commandFault([program], patient.cwd, patient);
  if (fault !== null) return [{ at, problem: fault.problem, advice }];
  const until = own.indexOf('proxy');
  const script = own.slice(0, until).find(isAbsolute);
  const config = own[own.indexOf('--config') + 1];
  return [
    ...(script !== undefined && !existsSync(script)
      ? [{ at, problem: `healflow is not at ${script} any more`, advice }]
      : []),
    ...(own.includes('--config') && config !== undefined && isAbsolute(config) && !existsSync(config)
      ? [{ at, problem: `the configuration file ${config} does not exist`, advice: 'make it, or correct the path' }]
      : []),
  ];
};

/** Examines the entries of client configurations that start healflow. */
export const clientTroubles = (patient: Patient): Trouble[] =>
  clientNames.flatMap((client) =>
    // In the home folder, the files of the project and of the user are the same.
    [...new Set(clientFiles(client, patient).map(({ path }) => path))].flatMap((path): Trouble[] => {
      if (!existsSync(path)) return [];
      try {
        const file = readJsonFile(path, readFileSync(path));
        return serverPlaces(client, patient).flatMap((place) =>
          membersOf(file.at(place)).flatMap(({ key, value }) => {
            const entry = plainValue(value);
            if (!isRecord(entry) || !isWrapped(entry, patient.script)) return [];
            const words = [String(entry.command), ...((entry.args ?? []) as string[])];
            return entryTroubles(`${path}, server ${key}`, words, patient);
          }),
        );
      } catch (error) {
        const problem = messageOf(error).replace(/; nothing was changed$/, '');
        return [{ at: path, problem: `${client} cannot read it: ${problem}`, advice: 'correct the file' }];
      }
    }),
  );
