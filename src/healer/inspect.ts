import type { InspectionEvent } from 'xstate';
import { messageOf } from '../errors.ts';

/** Watches the actors of runs, as XState's `inspect` option does. */
export type Inspect = (event: InspectionEvent) => void;

/** Keeps an inspector that throws from touching the run that it watches; says so once. */
export const harmless = (inspect: Inspect | undefined, warn: (message: string) => void): Inspect | undefined => {
  if (inspect === undefined) return undefined;
  let warned = false;
  return (event) => {
    try {
      inspect(event);
    } catch (error) {
      if (!warned) warn(`the inspector threw: ${messageOf(error)}`);
      warned = true;
    }
  };
};
