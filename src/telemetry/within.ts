import type { Context } from '@opentelemetry/api';
import type { TracingContext } from './tracing-context.ts';

/** Runs `work` with an active context; if the context manager throws, it still runs. */
export const withContext = <T>({ api }: TracingContext, context: Context, work: () => T): T => {
  let started = false;
  const once = (): T => {
    started = true;
    return work();
  };
  try {
    return api.context.with(context, once);
  } catch (error) {
    if (started) throw error;
    return work();
  }
};
