// The memory of healflow: what was healed, written and read back. Everything exported here is used by others.

export { readLast } from './backwards.ts';
export { assertWritable, resolveMemoryDir } from './dir.ts';
export { eventOf, type HealingEvent } from './event.ts';
export { createEventLog, type EventLogOptions } from './event-log.ts';
export { followEvents } from './follow.ts';
export type { OverTime } from './over-time.ts';
export { readEventBatches, readEvents } from './read.ts';
export { logFile } from './series.ts';
export type { Damage } from './splitter.ts';
export { type FixTally, readStats, type Stats } from './stats.ts';
export { outcomeOf, type Tally } from './tally.ts';
