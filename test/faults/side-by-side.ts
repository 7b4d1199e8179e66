import type { Cell } from './cell.ts';
import { RawClient } from './raw-client.ts';
import type { World } from './world.ts';

/** What a client receives. */
export type Seen = 'response' | 'isError' | 'rpc error' | 'transport error' | 'no response';

/** A client's way to call tools. */
export interface Front {
  readonly call: (cell: Cell, timeoutMs: number) => Promise<Seen>;
  readonly close: () => Promise<void>;
}

export interface Compared {
  readonly cell: Cell;
  readonly seen: Seen;
  readonly effects: number;
  readonly totalMs: number;
  /** Whether the next call, which has no fault, succeeded. */
  readonly nextWorks: boolean;
}

const timeoutMs = 2_500;

/** Connects a client to the bare server of a world. */
export const openDirect = async (world: World): Promise<Front> => {
  const client = new RawClient(world.server);
  await client.connect();
  return {
    call: async ({ call, channel, faults, kind }, requestTimeoutMs) => {
      const response = await client.request(
        'tools/call',
        { name: kind, arguments: { call, faults, channel } },
        requestTimeoutMs,
      );
      if (response === null) return 'no response';
      if (response.message.error !== undefined) return 'rpc error';
      return response.message.result?.isError === true ? 'isError' : 'response';
    },
    close: () => client.close(),
  };
};

/** Runs cells without healing; restarts the server, or the bridge, whenever it no longer works. */
export const runSideBySide = async (
  cells: readonly Cell[],
  world: World,
  open: (world: World) => Promise<Front>,
): Promise<Compared[]> => {
  const seen: Omit<Compared, 'effects'>[] = [];
  let front = await open(world);
  try {
    for (const cell of cells) {
      world.restore();
      for (const { until } of cell.faults) if (until !== undefined) world.break(until);
      const { deaths } = world.backend;
      const startedAt = performance.now();
      const end = await front.call(cell, timeoutMs);
      const totalMs = performance.now() - startedAt;
      if (cell.channel !== 'transport' && cell.faults.some((fault) => fault.end === 'exit')) {
        await world.backend.died(deaths);
      }
      const next = await front.call({ ...cell, call: `${cell.call}, next`, faults: [] }, timeoutMs);
      seen.push({ cell, seen: end, totalMs, nextWorks: next === 'response' });
      if (next !== 'response') {
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
