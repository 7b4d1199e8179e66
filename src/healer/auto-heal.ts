import type { RunOptions, Task } from '../model/run.ts';
import { isRecord } from '../text/is-record.ts';

/** The options of `autoHeal`. */
export interface AutoHealOptions extends Omit<RunOptions, 'args' | 'signal'> {
  /**
   * The name of the tool.
   *
   * @default the name of the function or method
   */
  readonly tool?: string | undefined;
  /**
   * Returns the arguments of the call as an object, for fixes that depend on them.
   *
   * @default the first argument, if it is an object
   */
  readonly args?: ((...args: never[]) => Readonly<Record<string, unknown>> | undefined) | undefined;
  /** Returns the caller's signal from the arguments of the call. */
  readonly signal?: ((...args: never[]) => AbortSignal | undefined) | undefined;
}

/** Wraps a function, or decorates a method as a standard decorator. */
export type AutoHeal = <This, Args extends unknown[], Result>(
  target: (this: This, ...args: Args) => Result,
  context?: ClassMethodDecoratorContext<This, (this: This, ...args: Args) => Result>,
) => (this: This, ...args: Args) => Promise<Awaited<Result>>;

const firstObject = ([first]: readonly unknown[]): Readonly<Record<string, unknown>> | undefined =>
  isRecord(first) ? first : undefined;

/** Builds `autoHeal` over a healer's `run`. */
export const autoHealOver =
  (run: <T>(tool: string, task: Task<T>, options: RunOptions) => Promise<T>) =>
  (options: AutoHealOptions = {}): AutoHeal =>
  <This, Args extends unknown[], Result>(
    target: (this: This, ...args: Args) => Result,
    context?: ClassMethodDecoratorContext<This, (this: This, ...args: Args) => Result>,
  ) => {
    const isMethod = typeof context === 'object' && context !== null;
    // A legacy decorator is given the class or its prototype, and the name of the method.
    if (typeof target !== 'function' || typeof context === 'string' || typeof context === 'symbol') {
      throw new TypeError(
        'autoHeal: wraps a function, or a method by a standard decorator (not experimentalDecorators)',
      );
    }
    const tool = options.tool ?? (isMethod ? String(context.name) : target.name);
    if (tool === '') throw new TypeError('autoHeal: a function without a name needs the option `tool`');
    // The options cannot name the arguments' types: a decorator learns them only here.
    const argsOf = options.args as ((...args: Args) => RunOptions['args']) | undefined;
    const signalOf = options.signal as ((...args: Args) => RunOptions['signal']) | undefined;
    const { annotations, eager, approve } = options;
    const silent: RunOptions = { annotations, eager, approve };
    const optionsOf = (args: Args): RunOptions => {
      const told = argsOf === undefined ? firstObject(args) : argsOf(...args);
      const signal = signalOf?.(...args);
      return told === undefined && signal === undefined ? silent : { annotations, eager, approve, args: told, signal };
    };
    return function (this: This, ...args: Args): Promise<Awaited<Result>> {
      let runOptions: RunOptions;
      try {
        runOptions = optionsOf(args);
      } catch (error) {
        return Promise.reject(error);
      }
      return run<Awaited<Result>>(tool, () => target.apply(this, args) as Awaited<Result>, runOptions);
    };
  };
