import { operations } from './operations.ts';
import { annotations, kinds, type Scenario } from './scenario.ts';
import { done, failedResult, performSteps, rpcError } from './tool.ts';

/** The name of a proxied tool: that of its first step, and a number for its kind. */
export const toolName = ({ steps, kind }: Scenario): string => `${steps[0]?.name}_${kinds.indexOf(kind)}`;

/** The arguments of a proxied call. */
export interface CallArguments {
  readonly scenario: Scenario;
  /** When the client called. A login heals the call if it is newer than this, or than that of the first attempt. */
  readonly sentAt: number;
}

/** Encodes the arguments: a response that repeats words of the arguments in clear would count as a success. */
export const encodeArguments = (args: CallArguments): object => ({
  encoded: Buffer.from(JSON.stringify(args)).toString('base64'),
});

/** Reads the arguments of a `tools/call` request. */
export const argumentsOf = (params: unknown): CallArguments => {
  const { encoded } = (params as { readonly arguments: { readonly encoded: string } }).arguments;
  return JSON.parse(Buffer.from(encoded, 'base64').toString());
};

const tools = operations.flatMap(({ name }) =>
  kinds.map((kind, index) => ({
    name: `${name}_${index}`,
    inputSchema: { type: 'object' },
    ...(annotations[kind] && { annotations: annotations[kind] }),
  })),
);

type Body = { readonly result: object } | { readonly error: object };

/** What the campaign's MCP server does, whatever its transport is. */
export class StepService {
  /** The login that the first attempt of each call had. */
  readonly #firstTokens = new Map<string, number>();
  readonly #takeEffect: (call: string, step: number) => void;

  constructor(takeEffect: (call: string, step: number) => void) {
    this.#takeEffect = takeEffect;
  }

  /** Whether an attempt fails. @param token The time at which the login was renewed. */
  fails({ scenario, sentAt }: CallArguments, token: number): boolean {
    const first = this.#firstTokens.get(scenario.call);
    if (first === undefined) this.#firstTokens.set(scenario.call, token);
    return first === undefined || (scenario.until === 'login' && token <= Math.min(first, sentAt));
  }

  /** Responds to a request. @param token The time at which the login was renewed. */
  respond(method: string, params: unknown, token: number): Body {
    switch (method) {
      case 'initialize':
        return {
          result: {
            protocolVersion: '2025-11-25',
            capabilities: { tools: {} },
            serverInfo: { name: 'steps', version: '1' },
          },
        };
      case 'tools/list':
        return { result: { tools } };
      case 'tools/call':
        return this.call(argumentsOf(params), token);
      case 'ping':
        return { result: {} };
      default:
        return { error: { code: -32_601, message: `Method not found: ${method}` } };
    }
  }

  /** Calls a tool. */
  call(args: CallArguments, token: number): Body {
    const { scenario } = args;
    const fails = scenario.story !== 'proof' && this.fails(args, token);
    const isDone = performSteps(scenario, fails, (step) => this.#takeEffect(scenario.call, step));
    if (isDone) return { result: done(scenario) };
    if (scenario.channel === 'rpc') return { error: rpcError(scenario.report) };
    return { result: failedResult(scenario.report, scenario.channel === 'isError') };
  }
}
