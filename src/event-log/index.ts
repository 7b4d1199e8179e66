// The memory of healflow: what was healed, written and read back. Everything exported here is used by others.

export { eventOf, type HealingEvent } from './event.ts';
export { createEventLog, type EventLogOptions } from './event-log.ts';
export { followEvents } from './follow.ts';
export { logFile } from './log-files.ts';
export { assertWritable, resolveMemoryDir } from './memory-dir.ts';
export type { OverTime } from './outcomes-over-time.ts';
export { readEventBatches, readEvents } from './read.ts';
export { readLast } from './read-backwards.ts';
export type { DamagedRange } from './record-splitter.ts';
export { type RepairedFile, repairLog } from './repair.ts';
export { type FixTally, readStats, type Stats } from './stats.ts';
export { outcomeOf, type Tally } from './tally.ts';
