import type { Context } from '@opentelemetry/api';
import type { TracingContext } from './tracing-context.ts';

/** Runs `work` with a context active; a context manager that breaks does not keep it from running. */
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
