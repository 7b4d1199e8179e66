import { messageOf } from '../text/error-text.ts';

/** Runs what must not touch the run that it watches: what it throws is said once, and dropped. */
export type Harmless = <T>(action: () => T) => T | undefined;

export const harmless = (warn: (message: string) => void): Harmless => {
  let warned = false;
  return (action) => {
    try {
      return action();
    } catch (error) {
      if (!warned) warn(`the telemetry threw: ${messageOf(error)}`);
      warned = true;
      return undefined;
    }
  };
};
