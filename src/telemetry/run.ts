import type { Context, Span } from '@opentelemetry/api';
import type { Fix, FixReport } from '../model/fix.ts';
import type { AttemptContext, RunOutcome, Task } from '../model/run.ts';
import { redactAndCut } from '../redact/index.ts';
import { mcpFacts } from './call.ts';
import {
  descriptionOf,
  errorTypeOf,
  type Facts,
  failureOf,
  healingFacts,
  known,
  rpcCodeOf,
  toolError,
} from './facts.ts';
import type { RunTrace } from './port.ts';
import { Timeline } from './timeline.ts';
import type { TracingContext } from './tracing-context.ts';
import { withContext } from './within.ts';

/** The failure of a part of a run. */
interface Failure {
  readonly type: string;
  readonly message: string;
  readonly rpcCode?: string | undefined;
}

/** The span of a part of a run. */
interface Part {
  readonly span: Span | undefined;
  readonly startedAt: number;
}

const maxMessageLength = 300;

/** The span of a run, with one for each attempt and each fix. */
export class TracedRun implements RunTrace {
  readonly #tools: TracingContext;
  readonly #tool: string;
  readonly #timeline: Timeline;
  readonly #startedAt: number;
  readonly #span: Span | undefined;
  readonly #context: Context;
  /** Active attempts; an aborted one may never end. */
  readonly #open = new Set<Part>();

  constructor(tools: TracingContext, tool: string, startedAt: number, parent: Context) {
    const { api, options, safely } = tools;
    this.#tools = tools;
    this.#tool = options.redact(tool);
    this.#timeline = new Timeline(options.clock);
    this.#startedAt = startedAt;
    const facts = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': this.#tool };
    this.#span = safely(() =>
      tools.begin(
        `execute_tool ${this.#tool}`,
        { kind: api.SpanKind.INTERNAL, startTime: this.#timeline.at(startedAt), attributes: facts },
        parent,
      ),
    );
    this.#context = this.#span === undefined ? parent : api.trace.setSpan(parent, this.#span);
  }

  within<T>(work: () => T): T {
    return withContext(this.#tools, this.#context, work);
  }

  task<T>(task: Task<T>): Task<T> {
    return async (context: AttemptContext): Promise<T> => {
      const part = this.#beginAttempt(context.attempt, this.#tools.options.clock.monotonic());
      try {
        const value = await this.#inside(part, () => task(context));
        this.#endAttempt(part, this.#failureOf({ thrown: false, value }));
        return value;
      } catch (error) {
        this.#endAttempt(part, this.#failureOf({ thrown: true, error }));
        throw error;
      }
    };
  }

  recordAttempt(ended: { readonly thrown: boolean; readonly value?: unknown; readonly error?: unknown }): void {
    this.#endAttempt(this.#beginAttempt(1, this.#startedAt), this.#failureOf(ended));
  }

  async fix(fix: Fix, work: () => Promise<FixReport>): Promise<FixReport> {
    const { api, options, instruments, safely } = this.#tools;
    const startedAt = options.clock.monotonic();
    const part = this.#begin(`fix ${fix.name}`, api.SpanKind.INTERNAL, startedAt, {
      'healflow.fix': fix.name,
      'healflow.fix.key': options.redact(fix.key),
    });
    const report = await this.#inside(part, work);
    const { status, reason, shared } = report;
    const failed = status !== 'succeeded' && status !== 'not_needed';
    const facts = { 'healflow.fix': fix.name, 'healflow.fix.status': status, 'healflow.fix.shared': shared };
    this.#end(part, failed ? { type: report.code ?? status, message: this.#short(reason) } : undefined, facts);
    safely(() => instruments.fixDuration.record(this.#timeline.secondsSince(startedAt), known(facts), this.#context));
    return report;
  }

  end(outcome: RunOutcome<unknown> | undefined): void {
    const { instruments, safely } = this.#tools;
    for (const part of this.#open) this.#endAttempt(part, { type: 'abandoned', message: 'it was aborted' });
    const type = outcome === undefined ? 'RUN_BROKEN' : failureOf(outcome);
    const message = outcome === undefined ? 'healflow itself failed' : this.#short(descriptionOf(outcome));
    const facts = outcome === undefined ? {} : { 'healflow.run.id': outcome.runId, ...healingFacts(outcome) };
    this.#end(
      { span: this.#span, startedAt: this.#startedAt },
      type === undefined ? undefined : { type, message },
      facts,
    );
    if (outcome === undefined) return;
    const { status, diagnosis } = outcome;
    const tool = { 'gen_ai.tool.name': this.#tool, 'healflow.outcome': status };
    safely(() => {
      const seconds = this.#timeline.secondsSince(this.#startedAt);
      instruments.runDuration.record(seconds, known({ ...tool, 'error.type': type }), this.#context);
      if (diagnosis === null) return;
      const fix = outcome.fixes.at(-1)?.fix;
      instruments.healings.add(
        1,
        known({ ...tool, 'healflow.class': diagnosis.class, 'healflow.fix': fix }),
        this.#context,
      );
    });
  }

  #beginAttempt(number: number, startedAt: number): Part {
    const { api, options } = this.#tools;
    const { proxy } = options;
    const [name, kind, facts] =
      proxy === undefined
        ? ([`attempt ${this.#tool}`, api.SpanKind.INTERNAL, { 'gen_ai.tool.name': this.#tool }] as const)
        : ([`tools/call ${this.#tool}`, api.SpanKind.CLIENT, mcpFacts(this.#tool, proxy.server)] as const);
    const part = this.#begin(name, kind, startedAt, { ...facts, 'healflow.attempt': number });
    this.#open.add(part);
    return part;
  }

  #endAttempt(part: Part, failure: Failure | undefined): void {
    if (!this.#open.delete(part)) return;
    const { options, instruments, safely } = this.#tools;
    this.#end(part, failure, { 'rpc.response.status_code': failure?.rpcCode });
    const { proxy } = options;
    if (proxy === undefined) return;
    const facts = { ...mcpFacts(this.#tool, proxy.server), 'error.type': failure?.type };
    safely(() =>
      instruments.clientDuration.record(this.#timeline.secondsSince(part.startedAt), known(facts), this.#context),
    );
  }

  #failureOf({ thrown, value, error }: { thrown: boolean; value?: unknown; error?: unknown }): Failure | undefined {
    if (thrown) {
      const message = error instanceof Error ? this.#short(error.message) : '';
      return { type: errorTypeOf(error), message, rpcCode: rpcCodeOf(error) };
    }
    const isError = typeof value === 'object' && value !== null && (value as { isError?: unknown }).isError === true;
    return isError ? { type: toolError, message: '' } : undefined;
  }

  #short(text: string): string {
    return redactAndCut(text, maxMessageLength, this.#tools.options.redact);
  }

  #begin(name: string, kind: number, startedAt: number, facts: Facts): Part {
    const { begin, safely } = this.#tools;
    const startTime = this.#timeline.at(startedAt);
    return { span: safely(() => begin(name, { kind, startTime, attributes: known(facts) }, this.#context)), startedAt };
  }

  #inside<T>({ span }: Part, work: () => T): T {
    const { api } = this.#tools;
    return withContext(this.#tools, span === undefined ? this.#context : api.trace.setSpan(this.#context, span), work);
  }

  #end({ span }: Part, failure: Failure | undefined, facts: Facts): void {
    const { api, safely } = this.#tools;
    safely(() => {
      if (failure !== undefined) span?.setStatus({ code: api.SpanStatusCode.ERROR, message: failure.message });
      span?.setAttributes(known({ ...facts, 'error.type': failure?.type }));
      span?.end(this.#timeline.at());
    });
  }
}
