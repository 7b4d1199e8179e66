// The memory of healflow: what was healed, written and read back. Everything exported here is used by others.

export { assertWritable, type MemoryDirOptions, resolveMemoryDir } from './dir.ts';
export { eventOf, type HealingEvent, type LoggedFix } from './event.ts';
export { createEventLog, type EventLog, type EventLogOptions } from './event-log.ts';
export { type ReadOptions, readEvents } from './read.ts';
export type { Damage } from './splitter.ts';
