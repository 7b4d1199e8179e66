/**
 * A page that shows the runs of healers: everything exported here is public.
 *
 * @packageDocumentation
 */
import { type Inspector, type InspectorOptions, InspectorServer } from './inspector.ts';

export type { RunObserver } from '../healer/observer.ts';
export type { Inspector, InspectorOptions } from './inspector.ts';

/**
 * Starts an inspector: a page on 127.0.0.1 that shows the runs of the healers that use it, of this user's other processes,
 * and of the log. It does not keep the process alive.
 *
 * @throws HealError `CANNOT_LISTEN` if the port is taken or not a port.
 */
export const createInspector = async (options: InspectorOptions = {}): Promise<Inspector> => {
  const inspector = new InspectorServer(options);
  await inspector.open();
  return inspector;
};
