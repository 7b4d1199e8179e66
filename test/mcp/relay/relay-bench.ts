import { IdGenerator } from '../../../src/mcp/jsonrpc/ids.ts';
import { Relay } from '../../../src/mcp/relay/relay.ts';
import type { RunOutcome } from '../../../src/model/run.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { ScriptedHealer } from './scripted-healer.ts';

export type Json = Record<string, unknown>;

const text = (message: string | Json): string =>
  typeof message === 'string' ? message : `${JSON.stringify(message)}\n`;

/** A relay whose two ends are in the hands of the test. */
export class RelayBench {
  readonly healer = new ScriptedHealer();
  readonly clock = new FakeClock();
  readonly outcomes: RunOutcome<unknown>[] = [];
  idle = 0;
  /** What is to be told by `withdraw`. */
  withdrawable = false;
  readonly relay: Relay;
  #toClient: Buffer[] = [];
  #toUpstream: Buffer[] = [];

  /** @param isListed Whether the client has asked for the tools already; there are none with annotations. */
  constructor({ attemptTimeoutMs, isListed = true }: { attemptTimeoutMs?: number; isListed?: boolean } = {}) {
    this.relay = new Relay({
      healer: this.healer,
      clock: this.clock,
      ids: new IdGenerator('test'),
      progressEveryMs: 1_000,
      attemptTimeoutMs,
      deadlineMs: 10_000,
      toClient: (bytes) => this.#toClient.push(bytes),
      toUpstream: (bytes) => this.#toUpstream.push(bytes),
      withdraw: () => this.withdrawable,
      healed: (outcome) => this.outcomes.push(outcome),
      idle: () => {
        this.idle += 1;
      },
    });
    if (!isListed) return;
    this.client({ jsonrpc: '2.0', id: 'list', method: 'tools/list' });
    this.server({ jsonrpc: '2.0', id: 'list', result: { tools: [] } });
    this.#toClient = [];
    this.#toUpstream = [];
  }

  client(message: string | Json): void {
    this.relay.fromClient(Buffer.from(text(message)));
  }

  server(message: string | Json): void {
    this.relay.fromUpstream(Buffer.from(text(message)));
  }

  /** What the client has got since the last look, after everything that can go on has gone on. */
  async atClient(): Promise<string[]> {
    await this.clock.advance(0);
    return this.#toClient.splice(0).map(String);
  }

  async atServer(): Promise<string[]> {
    await this.clock.advance(0);
    return this.#toUpstream.splice(0).map(String);
  }

  /** Sends bytes both ways, and gives what has arrived at the two ends. */
  both(bytes: Buffer): Buffer[] {
    this.relay.fromClient(bytes);
    this.relay.fromUpstream(bytes);
    return [...this.#toUpstream.splice(0), ...this.#toClient.splice(0)];
  }

  async messagesAtClient(): Promise<Json[]> {
    return (await this.atClient()).map((line) => JSON.parse(line) as Json);
  }

  async messagesAtServer(): Promise<Json[]> {
    return (await this.atServer()).map((line) => JSON.parse(line) as Json);
  }

  /** Answers the question for the tools that precedes a retry at a new server; returns the other messages of the server. */
  async answerList(tools: readonly Json[] = []): Promise<Json[]> {
    const messages = await this.messagesAtServer();
    const asked = messages.find(({ method }) => method === 'tools/list');
    if (asked === undefined) throw new Error('the tools were not asked for');
    this.server({ jsonrpc: '2.0', id: asked.id, result: { tools } });
    return messages.filter((message) => message !== asked);
  }

  /** Sends a call of the client's and lets the server fail it; returns the first retry as the server gets it. */
  async failOnce(call: Json = toolCall(1)): Promise<Json> {
    this.client(call);
    this.server(failed(call.id));
    const [, retry] = await this.messagesAtServer();
    if (retry === undefined) throw new Error('the call was not repeated');
    return retry;
  }
}

export const toolCall = (id: unknown, params: Json = {}): Json => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name: 'get_pods', arguments: { namespace: 'default' }, ...params },
});

export const failed = (id: unknown, message = 'Unauthorized'): Json => ({
  jsonrpc: '2.0',
  id,
  result: { content: [{ type: 'text', text: message }], isError: true },
});

export const healthy = (id: unknown, message = 'pod-1'): Json => ({
  jsonrpc: '2.0',
  id,
  result: { content: [{ type: 'text', text: message }] },
});

export const progress = (token: unknown, value: number, total?: number): Json => ({
  jsonrpc: '2.0',
  method: 'notifications/progress',
  params: { progressToken: token, progress: value, ...(total === undefined ? {} : { total }) },
});
