import { setTimeout as sleep } from 'node:timers/promises';
import type { Screen } from '../show/screen.ts';
import { type DemoDatabase, type FleetEvent, readFleetEvents } from './database.ts';
import type { DemoMachine } from './machines.ts';

/** The time that events have to reach the database, in ms; they usually take one second. */
const limitMs = 30_000;

/** Waits until the database has this many events; resolves with those that it has by then. */
export const awaitEvents = async (
  { approver }: DemoDatabase,
  count: number,
  signal: AbortSignal,
): Promise<readonly FleetEvent[]> => {
  for (const beganAt = performance.now(); ; ) {
    const events = await readFleetEvents(approver);
    if (events.length >= count || performance.now() - beganAt > limitMs) return events;
    await sleep(100, undefined, { signal });
  }
};

const fixOf = ({ fixes, refusal }: FleetEvent): string => {
  const last = fixes?.at(-1);
  if (last === undefined) return refusal ?? '-';
  const isShared = last.shared === true || last.status === 'not_needed';
  return `${last.fix}${isShared ? ' (shared)' : ''}`;
};

const columns = (machine: string, at: string, tool: string, fix: string, result: string): string =>
  `   ${machine.padEnd(14)}${at.padEnd(14)}${tool.padEnd(14)}${fix.padEnd(28)}${result}`;

/** Shows events as the database has them. */
export const showEvents = (screen: Screen, machines: readonly DemoMachine[], events: readonly FleetEvent[]): void => {
  screen.line(screen.paint('bold', columns('machine', 'time (UTC)', 'tool', 'fix', 'result')));
  for (const event of events) {
    const name = machines.find(({ id }) => id === event.machine)?.name ?? event.machine;
    screen.line(columns(name, event.at, event.tool, fixOf(event), event.result));
  }
  screen.line();
};
