import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { now, repeatedly } from '../time.ts';

/** The current time, updated every second. */
export const useNow = (): number => {
  const time = useSignal(now());
  useEffect(
    () =>
      repeatedly(1000, () => {
        time.value = now();
      }),
    [time],
  );
  return time.value;
};
