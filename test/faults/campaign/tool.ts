import type { Scenario } from './scenario.ts';
import type { Report } from './wordings.ts';

const textOf = ({ text, because }: Report): string => (because === undefined ? text : `${text}: ${because}`);

/** The JSON-RPC error with a report in it. */
export const rpcError = (report: Report): { code: number; message: string; data?: object } => {
  const { members, more } = report;
  const data = more === undefined ? members : { ...members, message: more };
  return { code: -32_603, message: textOf(report), ...(data && { data }) };
};

/** The error of a JSON-RPC response, as an MCP client throws it. */
const thrownRpcError = (report: Report): Error => {
  const { code, message, data } = rpcError(report);
  return Object.assign(new Error(`MCP error ${code}: ${message}`), { code, ...(data && { data }) });
};

/** The error that a tool throws. */
export const thrownError = ({ text, because, code, status, members, more }: Report): Error => {
  const coded = code === undefined ? {} : { code };
  const innermost = more === undefined ? {} : { cause: new Error(more) };
  const options = because === undefined ? innermost : { cause: Object.assign(new Error(because, innermost), coded) };
  return Object.assign(new Error(text, options), {
    ...(because === undefined && coded),
    ...(status !== undefined && { status }),
    ...members,
  });
};

/** A result with a report in it. */
export const failedResult = (report: Report, isError: boolean): object => {
  const { more, members } = report;
  return {
    content: [textOf(report), ...(more === undefined ? [] : [more])].map((text) => ({ type: 'text', text })),
    ...(members && { structuredContent: members }),
    ...(isError && { isError }),
  };
};

export const done = ({ call }: Scenario): object => ({ content: [{ type: 'text', text: `done: ${call}` }] });

/** Performs the steps of one attempt up to the one that fails; true if none fails. */
export const performSteps = (
  { steps, failing, moment }: Scenario,
  fails: boolean,
  takeEffect: (step: number) => void,
): boolean => {
  for (const step of steps.keys()) {
    if (fails && step === failing) {
      if (moment !== 'before') takeEffect(step);
      return false;
    }
    takeEffect(step);
  }
  return true;
};

/** The tools of one process: what they did, and what has been repaired. */
export class Workshop {
  /** The number of repairs so far. */
  readonly repairs = { login: 0, link: 0 };

  repair(what: 'login' | 'link'): void {
    this.repairs[what] += 1;
  }

  /** One call, as a function that is called once for each attempt. */
  tool(scenario: Scenario): Tool {
    return new Tool(scenario, this);
  }
}

export class Tool {
  attempts = 0;
  /** Whether the last attempt completed all steps. */
  succeeded = false;
  readonly effects: number[];
  readonly #scenario: Scenario;
  readonly #workshop: Workshop;
  readonly #repairsBefore: Workshop['repairs'];

  constructor(scenario: Scenario, workshop: Workshop) {
    this.#scenario = scenario;
    this.#workshop = workshop;
    this.#repairsBefore = { ...workshop.repairs };
    this.effects = scenario.steps.map(() => 0);
  }

  get #fails(): boolean {
    const { until } = this.#scenario;
    if (this.attempts === 1) return true;
    return until !== 'time' && this.#workshop.repairs[until] === this.#repairsBefore[until];
  }

  readonly run = async (): Promise<object> => {
    this.attempts += 1;
    const { channel, report } = this.#scenario;
    const isDone = performSteps(this.#scenario, this.#fails, (step) => {
      this.effects[step] = (this.effects[step] ?? 0) + 1;
    });
    this.succeeded = isDone;
    if (isDone) return done(this.#scenario);
    if (channel === 'thrown') throw thrownError(report);
    if (channel === 'rpc') throw thrownRpcError(report);
    return failedResult(report, channel === 'isError');
  };
}
