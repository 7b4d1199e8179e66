import { unrefClock } from '../platform/unref-clock.ts';
import type { ShipperOptions, Shippers } from './create-shipper.ts';

/** The copying of a log to the database of its fleet. */
export interface Shipping {
  /** An event was written. */
  notice(): void;
  /** Ends it within a moment. Never rejects. */
  close(): Promise<void>;
}

/** How long after the start of a process the log is first looked at, in ms, plus or minus half: it has other work then. */
const startMs = 300;

/** Begins to copy a log, a moment later and beside the calls. What it takes is loaded then. */
export const startShipping = (options: ShipperOptions): Shipping => {
  const clock = unrefClock(options.clock);
  let shippers: Shippers | undefined;
  let isClosed = false;
  const open = async (): Promise<void> => {
    const { createShippers } = await import('./create-shipper.ts');
    if (isClosed) return;
    shippers = createShippers({ ...options, clock });
    shippers.start();
  };
  const timer = clock.setTimeout(
    () => {
      open().catch((error) => options.warn(`the log cannot be copied to the fleet: ${String(error)}`));
    },
    startMs * (0.5 + options.random()),
  );
  return {
    notice: () => shippers?.notice(),
    close: async () => {
      isClosed = true;
      clock.clearTimeout(timer);
      await shippers?.close();
    },
  };
};
