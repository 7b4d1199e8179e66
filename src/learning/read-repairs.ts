import { repairSeries } from '../event-log/log-files.ts';
import { type ReadOptions, readSeries } from '../event-log/read.ts';
import type { LogRecords } from '../event-log/read-on.ts';
import { toLearningRecord } from './learning-record.ts';
import type { LearningRecord } from './model.ts';

/** The records of repairs, for what reads or repairs their files. */
export const learningRecords = (memoryDir: string): LogRecords<LearningRecord> => ({
  series: repairSeries(memoryDir),
  accept: toLearningRecord,
});

/**
 * Reads the repairs of a memory folder, the oldest first; none if there is no file. A torn record is skipped and told to
 * `onDamage`. However many there are, only a small part of them is in memory. Throws if a file cannot be read.
 */
export async function* readRepairs(memoryDir: string, options: ReadOptions = {}): AsyncGenerator<LearningRecord> {
  for await (const batch of readSeries(repairSeries(memoryDir), toLearningRecord, options)) yield* batch;
}
