import { markBegun } from '../../model/begun.ts';
import { isRecord } from '../../text/is-record.ts';
import { showsActivity } from './call-activity.ts';

/** How a handler asks the client, in the contexts of SDK v2. */
const questions: ReadonlySet<string> = new Set(['elicitInput', 'requestSampling']);
/** How a handler sends messages: `sendNotification` and `sendRequest` in SDK v1, `notify` and `send` in v2. */
const senders = ['sendNotification', 'sendRequest', 'notify', 'send', ...questions];

/** Whether what a handler sends says that its call is under way. */
const isActivity = (sender: string, message: unknown): boolean => {
  if (questions.has(sender)) return true;
  if (!isRecord(message) || typeof message.method !== 'string') return false;
  return showsActivity(message.method, isRecord(message.params) ? message.params : {});
};

/**
 * Watches what a handler sends to the client through its context, and marks the outcome of each attempt that was under way.
 *
 * @param context - The context of a request: its functions are replaced.
 * @returns The handler, watched.
 */
export const watchContext = (context: unknown, handler: () => unknown): (() => Promise<unknown>) => {
  let isUnderWay = false;
  const watch = (holder: unknown): void => {
    if (!isRecord(holder)) return;
    for (const sender of senders) {
      const send = holder[sender];
      if (typeof send !== 'function') continue;
      const watched = (...args: unknown[]): unknown => {
        isUnderWay ||= isActivity(sender, args[0]);
        return Reflect.apply(send, holder, args);
      };
      // A context that is frozen is not watched.
      Reflect.set(holder, sender, watched);
    }
  };
  watch(context);
  if (isRecord(context)) watch(context.mcpReq);
  return async () => {
    isUnderWay = false;
    try {
      const value = await handler();
      if (isUnderWay) markBegun(value);
      return value;
    } catch (error) {
      if (isUnderWay) markBegun(error);
      throw error;
    }
  };
};
