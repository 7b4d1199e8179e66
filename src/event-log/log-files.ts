import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isNotFound } from '../platform/fs.ts';

/** A list of records in a live file and in older ones that were rotated away. */
export interface Series {
  /** The folder of its files. */
  readonly folder: string;
  /** The name of the live file without `.yaml`. */
  readonly name: string;
  /** The key that the list is under. */
  readonly key: string;
}

/** The healing events. */
export const eventSeries = (memoryDir: string): Series => ({
  folder: join(memoryDir, 'learned'),
  name: 'tool_fixes',
  key: 'healing_events',
});

/** How often tools were called and nothing failed. */
export const callSeries = (memoryDir: string): Series => ({
  folder: join(memoryDir, 'learned'),
  name: 'tool_calls',
  key: 'tool_calls',
});

/** What was run against failures, and how they ended. */
export const repairSeries = (memoryDir: string): Series => ({
  folder: join(memoryDir, 'learned'),
  name: 'repairs',
  key: 'repairs',
});

/** The first line of a file. */
export const headerOf = ({ key }: Series): string => `${key}:\n`;

export const liveFile = ({ folder, name }: Series): string => join(folder, `${name}.yaml`);

/** The live file of the healing events in a memory folder. */
export const logFile = (memoryDir: string): string => liveFile(eventSeries(memoryDir));

export const rotatedFile = ({ folder, name }: Series, number: number): string =>
  join(folder, `${name}.${String(number).padStart(6, '0')}.yaml`);

/** The numbers of the rotated files that there are, the oldest first. */
export const rotatedNumbers = ({ folder, name }: Series): number[] =>
  readdirSync(folder)
    .map((file) => {
      const digits = file.startsWith(`${name}.`)
        ? /^\.(\d{6,15})\.yaml$/.exec(file.slice(name.length))?.[1]
        : undefined;
      return digits === undefined ? Number.NaN : Number(digits);
    })
    .filter((number) => !Number.isNaN(number))
    .sort((a, b) => a - b);

/** The same; none if there is no folder. */
export const rotatedNumbersIfAny = (series: Series): number[] => {
  try {
    return rotatedNumbers(series);
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
};
