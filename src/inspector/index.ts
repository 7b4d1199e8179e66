/**
 * A page that shows the runs of healers: everything exported here is public.
 *
 * @packageDocumentation
 */
import { Inspector, type InspectorOptions } from './inspector.ts';

export type { RunObserver } from '../healer/observer.ts';
export type { InspectorOptions } from './inspector.ts';
export type { Inspector };

/**
 * Starts an inspector: a page on 127.0.0.1 that shows the runs of the healers that it is given to, those of the user's other
 * processes, and those of the log. Its `url` holds the token that opens it.
 *
 * @throws HealError `CANNOT_LISTEN` where the port is taken.
 */
export const createInspector = async (options: InspectorOptions = {}): Promise<Inspector> => {
  const inspector = new Inspector(options);
  await inspector.open();
  return inspector;
};
