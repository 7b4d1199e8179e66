import { mkdirSync, writeFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { propose } from '../../src/cli/learn/propose.ts';
import { systemClock } from '../../src/clock.ts';
import { InspectorServer } from '../../src/inspector/inspector.ts';
import { FileLearningSource, type LearningFolders } from '../../src/inspector/learning-source.ts';
import type { Clock } from '../../src/model/clock.ts';
import { createRedactor } from '../../src/redact/index.ts';
import { folderOf, type Memory, now, repaired, sig } from '../cli/learn/support.ts';
import { capture } from '../cli/log-io.ts';

/** The time of the records. */
const clock: Clock = { ...systemClock, now: () => now };

/** A folder in which the lesson `tunnel` was proposed. */
export const proposedFolder = async (memory: Memory = {}): Promise<string> => {
  const folder = await folderOf({ records: repaired(4), ...memory });
  mkdirSync(`${folder}/bin`);
  writeFileSync(`${folder}/bin/systemctl`, '#!/bin/sh\n', { mode: 0o755 });
  const { io, stderr } = capture(folder);
  if ((await propose(sig, { name: 'tunnel' }, io, now)) !== 0) throw new Error(stderr());
  return folder;
};

/** What an inspector knows of the files of a folder. */
export const sourceOf = (folder: string, more: Partial<LearningFolders> = {}): FileLearningSource =>
  new FileLearningSource({
    memoryDir: `${folder}/memory`,
    lessonsDir: `${folder}/lessons`,
    stateDir: `${folder}/state`,
    programs: [['systemctl', 'restart', 'tunnel']],
    baseDir: folder,
    path: `${folder}/bin`,
    userPatterns: [],
    redact: createRedactor(),
    clock,
    ...more,
  });

/** An inspector of the files of a folder. */
export const inspectFolder = async (folder: string, more: Partial<LearningFolders> = {}): Promise<InspectorServer> => {
  const inspector = new InspectorServer({});
  await inspector.watchLearning(sourceOf(folder, more));
  await inspector.open();
  onTestFinished(() => inspector.close());
  return inspector;
};
