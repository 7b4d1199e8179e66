import { join } from 'node:path';
import { type Rung, rungs } from '../learning/model.ts';
import { fileStamp } from '../platform/fs.ts';
import { readRegularFile } from '../platform/regular-file.ts';
import { replaceFileUnsynced } from '../platform/replace-file.ts';
import { uniqueId } from '../sharing/identity.ts';
import { isRecord } from '../text/is-record.ts';
import { type FleetLesson, fleetLessonsIn } from './fleet-lesson.ts';

/** A lesson that this machine has moved down. */
export interface Lowered {
  readonly name: string;
  readonly digest: string;
  readonly rung: Rung;
  readonly reason: string;
}

/** What a machine knows of the lessons of its fleet. */
export interface KnownLessons {
  /** The revision of the lessons in the database; -1 if nothing is known. */
  readonly revision: number;
  readonly lessons: readonly FleetLesson[];
  /** The digests of those that have reached all machines. */
  readonly proven: readonly string[];
  /** The names of those that this machine is among the first to run by itself. */
  readonly first: readonly string[];
  /** What the database has not been told yet. */
  readonly lowered: readonly Lowered[];
}

export const noLessons: KnownLessons = { revision: -1, lessons: [], proven: [], first: [], lowered: [] };

/** Of 200 lessons. */
const maxBytes = 8 * 1_048_576;

const textsIn = (value: unknown): string[] =>
  (Array.isArray(value) ? value : []).filter((text): text is string => typeof text === 'string');

const loweredIn = (value: unknown): Lowered[] =>
  (Array.isArray(value) ? value : []).filter(
    (one): one is Lowered =>
      isRecord(one) &&
      typeof one.name === 'string' &&
      typeof one.digest === 'string' &&
      rungs.some((rung) => rung === one.rung) &&
      typeof one.reason === 'string',
  );

/** What the processes of a machine know of the lessons of their fleet; it stays if the database is lost. */
export interface LessonCache {
  /** Nothing if there is none, or if it is damaged. Never throws. */
  read(): KnownLessons;
  /** Differs after each change. Never throws. */
  stamp(): string;
  /** Resolves with whether it could be written. Never rejects. */
  write(known: KnownLessons): Promise<boolean>;
}

/** @param fleet Names the database. */
export const lessonCachePath = (stateDir: string, fleet: string): string => join(stateDir, `${fleet}.lessons`);

/** The cache in a file of the state folder. */
export class FileLessonCache implements LessonCache {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  read(): KnownLessons {
    try {
      const value: unknown = JSON.parse(readRegularFile(this.#path, maxBytes).text ?? '');
      if (!isRecord(value)) return noLessons;
      const { revision, lessons, proven, first, lowered } = value;
      return {
        revision: typeof revision === 'number' ? revision : noLessons.revision,
        lessons: fleetLessonsIn(lessons),
        proven: textsIn(proven),
        first: textsIn(first),
        lowered: loweredIn(lowered),
      };
    } catch {
      return noLessons;
    }
  }

  stamp(): string {
    return fileStamp(this.#path);
  }

  write(known: KnownLessons): Promise<boolean> {
    return replaceFileUnsynced(this.#path, `${JSON.stringify(known)}\n`, uniqueId()).then(
      () => true,
      () => false,
    );
  }
}
