// The memory of healflow: what was healed, written and read back. Everything exported here is used by others.
export { eventOf, type HealingEvent, type LoggedFix } from './event.ts';
export { createEventLog, type EventLog, type EventLogOptions } from './event-log.ts';
