import { systemClock } from '../../clock.ts';
import { loadConfig } from '../../config/load.ts';
import { readKnowledge } from '../../learning/knowledge.ts';
import { type Io, outputTo, processIo } from '../io.ts';
import { logFilter } from '../log-filter.ts';
import { type MemoryReadingOptions, readMemory } from '../log-reading.ts';
import { widthOf } from './layout.ts';
import { lessonSummaries, readLessonFolder, redactorOf, reportProblems } from './lessons.ts';
import { overviewJson, overviewText } from './overview.ts';

export interface LearnOptions extends MemoryReadingOptions {
  readonly json?: boolean | undefined;
  readonly since?: string | undefined;
  readonly tool?: readonly string[] | undefined;
}

/**
 * Shows what is known of each failure: how often it occurs, how many recover by themselves, and what was run against it.
 * Resolves with the exit code.
 *
 * @throws HealError `CONFIG_INVALID` if an option or the configuration is invalid.
 */
export const learn = async (
  options: LearnOptions,
  io: Io = processIo(),
  now: number = systemClock.now(),
): Promise<number> => {
  const accepts = logFilter(options, now);
  const isFiltered = options.since !== undefined || (options.tool ?? []).length > 0;
  const loaded = await loadConfig({ configFile: options.config, cwd: io.cwd });
  const folder = await readLessonFolder(loaded, redactorOf(loaded, io), io);
  reportProblems(folder, io);
  const lessons = await lessonSummaries(folder);
  return readMemory(options, io, async (memoryDir, onDamage) => {
    const knowledge = await readKnowledge(memoryDir, { now, lessons, accepts, onDamage });
    const output = outputTo(io.stdout);
    await output.write(
      options.json === true ? overviewJson(knowledge) : overviewText(knowledge, widthOf(io), isFiltered),
    );
    await output.end();
  });
};
