import type { Cell } from './cell.ts';
import { RawClient } from './raw-client.ts';
import type { World } from './world.ts';

/** What a client gets. */
export type Seen = 'answer' | 'isError' | 'rpc error' | 'transport error' | 'no answer';

/** Something that a client calls tools through. */
export interface Front {
  readonly call: (cell: Cell, timeoutMs: number) => Promise<Seen>;
  readonly close: () => Promise<void>;
}

export interface Compared {
  readonly cell: Cell;
  readonly seen: Seen;
  readonly effects: number;
  readonly totalMs: number;
  /** Whether the call after it went well, which met no fault. */
  readonly nextWorks: boolean;
}

const timeoutMs = 2_500;

/** Opens a client of the bare server of a world. */
export const openDirect = async (world: World): Promise<Front> => {
  const client = new RawClient(world.server);
  await client.connect();
  return {
    call: async ({ call, channel, faults, kind }, patienceMs) => {
      const answer = await client.request(
        'tools/call',
        { name: kind, arguments: { call, faults, channel } },
        patienceMs,
      );
      if (answer === null) return 'no answer';
      if (answer.message.error !== undefined) return 'rpc error';
      return answer.message.result?.isError === true ? 'isError' : 'answer';
    },
    close: () => client.close(),
  };
};

/** Runs cells through something that does not heal, which is started anew whenever it is of no use any more. */
export const runSideBySide = async (
  cells: readonly Cell[],
  world: World,
  open: (world: World) => Promise<Front>,
): Promise<Compared[]> => {
  const seen: Omit<Compared, 'effects'>[] = [];
  let front = await open(world);
  try {
    for (const cell of cells) {
      world.mend();
      for (const { until } of cell.faults) if (until !== undefined) world.spoil(until);
      const { deaths } = world.backend;
      const beganAt = performance.now();
      const end = await front.call(cell, timeoutMs);
      const totalMs = performance.now() - beganAt;
      if (cell.channel !== 'transport' && cell.faults.some((fault) => fault.end === 'exit')) {
        await world.backend.died(deaths);
      }
      const next = await front.call({ ...cell, call: `${cell.call}, next`, faults: [] }, timeoutMs);
      seen.push({ cell, seen: end, totalMs, nextWorks: next === 'answer' });
      if (next !== 'answer') {
        await front.close();
        front = await open(world);
      }
    }
  } finally {
    await front.close();
  }
  const effects = await world.backend.effects();
  return seen.map((each) => ({ ...each, effects: effects.get(each.cell.call) ?? 0 }));
};
