import type { OversizeLine } from './lines.ts';
import { oversizeError } from './oversize.ts';

/**
 * What takes the place of a message that was too long. Undefined where it is dropped.
 *
 * @param from Who has sent it.
 */
export const rejectOversize = (
  line: OversizeLine,
  from: 'client' | 'server',
  maxLineBytes: number,
  note: (text: string) => void,
): ReturnType<typeof oversizeError> => {
  const substitute = oversizeError(line, maxLineBytes);
  note(
    `a message of ${line.length} bytes from the ${from} was ${substitute === undefined ? 'dropped' : 'refused'}: ` +
      `the limit is ${maxLineBytes} bytes (proxy.maxLineBytes)`,
  );
  return substitute;
};
