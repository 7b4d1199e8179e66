import { messageOf } from '../text/error-text.ts';

/** Wraps an observer of a run: errors that it throws are ignored after one warning. */
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
