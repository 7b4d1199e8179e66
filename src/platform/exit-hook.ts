const tasks = new Set<() => void>();

const runAll = (): void => {
  for (const task of tasks) task();
};

/**
 * Has a synchronous task run when the process exits in good order. Returns the function that calls it off.
 *
 * All tasks share one listener, so that many healers in one process raise no warning about listeners.
 */
export const onExit = (task: () => void): (() => void) => {
  if (tasks.size === 0) process.on('exit', runAll);
  tasks.add(task);
  return () => {
    tasks.delete(task);
    if (tasks.size === 0) process.off('exit', runAll);
  };
};
