import { seeded } from '../support/seeded.ts';
import type { Cell } from './cell.ts';
import { kinds, mayRepeat, type Replay } from './expected.ts';
import { type Channel, type Fault, faults } from './faults.ts';

/** Every fault in each of these channels in which it is possible, for every kind of tool. */
export const cellsOf = (channels: readonly Channel[], replay: Replay = 'safe', among = faults): Cell[] =>
  among.flatMap((fault) =>
    fault.channels
      .filter((channel) => channels.includes(channel))
      .flatMap((channel) =>
        kinds.map((kind) => ({
          call: `${fault.id}|${channel}|${kind}|${replay}`,
          faults: [fault],
          channel,
          kind,
          replay,
        })),
      ),
  );

/** Whether the user decides about this cell: `replay: always` changes it. */
export const isLeftToTheUser = ({ faults: [fault], channel, kind }: Cell): boolean =>
  fault !== undefined &&
  mayRepeat({ fault, channel, kind, replay: 'always' }) !== mayRepeat({ fault, channel, kind, replay: 'safe' });

const inProcessChannels: readonly Channel[] = ['thrown', 'isError', 'rpc'];

/** Whether a repair fix is tried on it, not only a delay. */
const isRepairable = ({ status }: Fault): boolean => status === 401 || status === 404;

/**
 * Draws calls with one to four faults each, of any kind of tool and in any channel. Excludes faults that affect other
 * calls (a process that exits) and faults that only take time (a tool that hangs, delays of a second).
 */
export const randomCells = (count: number, seed: number): Cell[] => {
  const random = seeded(seed);
  const draw = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const takesLong = ({ end, retryAfter, timeoutMs }: Fault): boolean =>
    end === 'exit' || (end === 'hang' && timeoutMs === undefined) || retryAfter === 1;
  const quick = faults
    .filter((fault) => !takesLong(fault))
    .map((fault) => (fault.timeoutMs ? { ...fault, timeoutMs: 150 } : fault));
  return Array.from({ length: count }, (_, index) => {
    const channel = draw(inProcessChannels);
    const among = quick.filter(({ channels }) => channels.includes(channel));
    const chosen: Fault[] = [];
    const length = draw([1, 1, 1, 1, 2, 2, 2, 3, 3, 4]);
    while (chosen.length < length) {
      const fault = draw(among);
      // A repair fix runs at most once a run.
      if (!chosen.some(isRepairable) || !isRepairable(fault)) chosen.push(fault);
    }
    const replay: Replay = random() < 0.1 ? 'never' : 'safe';
    return { call: `r${index}`, faults: chosen, channel, kind: draw(kinds), replay };
  });
};
