import { describe, expect, it } from 'vitest';
import { withActivity } from '../../../src/mcp/healing/call-activity.ts';
import { ProgressTracker } from '../../../src/mcp/healing/progress-tracker.ts';
import { readToolCall, type ToolCall } from '../../../src/mcp/healing/tool-call.ts';
import { IdGenerator } from '../../../src/mcp/jsonrpc/ids.ts';
import { readMessage } from '../../../src/mcp/jsonrpc/message.ts';
import { hasBegun } from '../../../src/model/begun.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const callOf = (progressToken?: string | number): ToolCall => {
  const params = { name: 'get_pods', _meta: progressToken === undefined ? {} : { progressToken } };
  const call = readToolCall(readMessage(Buffer.from(JSON.stringify({ id: 1, method: 'tools/call', params }))), 0);
  return call ?? expect.unreachable();
};

const notification = (progressToken: string | number, progress: number) =>
  readMessage(Buffer.from(JSON.stringify({ method: 'notifications/progress', params: { progressToken, progress } })));

const bench = () => {
  const clock = new FakeClock();
  const sent: { progressToken: unknown; progress: number; message?: string }[] = [];
  const book = new ProgressTracker(new IdGenerator('nonce'), clock, 1_000, (bytes) =>
    sent.push(JSON.parse(bytes.toString()).params),
  );
  const taken = () => sent.splice(0);
  return { clock, book, taken };
};

describe('the progress of open calls', () => {
  it('of the first attempt is left to the client as it is, and noted', () => {
    const { book, taken } = bench();
    const call = callOf('t');
    book.first(call);
    expect(book.pass(notification('t', 5))).toBe(false);
    expect(taken()).toEqual([]);
    book.beginAttempt(call, '"healflow-nonce-1"');
    expect(book.pass(notification('healflow-nonce-1', 1))).toBe(true);
    expect(taken()).toEqual([{ progressToken: 't', progress: 6 }]);
  });

  it('of the first attempt is dropped once it has failed', async () => {
    const { clock, book, taken } = bench();
    const call = callOf('t');
    book.first(call);
    book.beginHealing(call);
    expect(book.pass(notification('t', 5))).toBe(true);
    expect(taken()).toEqual([]);
    book.end(call);
    expect(clock.pending).toBe(0);
  });

  it('of an attempt says that its call has begun, unless it reports nothing yet or comes late', () => {
    const beginsAfter = (progress: number, isLate: boolean): boolean => {
      const { book } = bench();
      const call = callOf('t');
      book.first(call);
      if (isLate) book.beginHealing(call);
      book.pass(notification('t', progress));
      const value = {};
      withActivity(call, { thrown: false, value });
      return hasBegun(value);
    };
    expect(beginsAfter(5, false)).toBe(true);
    expect(beginsAfter(0, false)).toBe(false);
    expect(beginsAfter(5, true)).toBe(false);
  });

  it('of a later attempt ends with it; what comes after it is dropped', () => {
    const { book, taken } = bench();
    const call = callOf('t');
    book.beginAttempt(call, '"healflow-nonce-1"');
    book.endAttempt('"healflow-nonce-1"');
    expect(book.pass(notification('healflow-nonce-1', 1))).toBe(true);
    expect(taken()).toEqual([]);
  });

  it('of no open call passes as it is', () => {
    const { book } = bench();
    expect(book.pass(notification('t', 5))).toBe(false);
    expect(book.pass(readMessage(Buffer.from('{"method":"notifications/message","params":{}}')))).toBe(false);
    const call = callOf('t');
    book.first(call);
    book.beginHealing(call);
    book.end(call);
    expect(book.pass(notification('t', 6))).toBe(false);
  });

  it('names what healflow does, at every interval, until the call ends', async () => {
    const { clock, book, taken } = bench();
    const call = callOf('t');
    book.first(call);
    book.beginHealing(call);
    await clock.advance(999);
    expect(taken()).toEqual([]);
    await clock.advance(1);
    expect(taken()).toEqual([{ progressToken: 't', progress: 0, message: 'healflow: healing get_pods…' }]);
    book.fixing(call, 'kube_login');
    await clock.advance(1_000);
    expect(taken()).toEqual([{ progressToken: 't', progress: 0.001, message: 'healflow: kube_login for get_pods…' }]);
    book.beginAttempt(call, '"healflow-nonce-1"');
    await clock.advance(1_000);
    expect(taken()).toEqual([{ progressToken: 't', progress: 0.002, message: 'healflow: healing get_pods…' }]);
    book.end(call);
    await clock.advance(5_000);
    expect(taken()).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('is neither made nor looked for if the client asked for none', async () => {
    const { clock, book, taken } = bench();
    const call = callOf();
    book.first(call);
    book.beginHealing(call);
    book.fixing(call, 'kube_login');
    book.beginAttempt(call, '"healflow-nonce-1"');
    await clock.advance(5_000);
    book.end(call);
    expect(taken()).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('of two calls with the same token is that of the later one', () => {
    const { book, taken } = bench();
    const [earlier, later] = [callOf('t'), callOf('t')];
    book.first(earlier);
    book.first(later);
    book.beginHealing(earlier);
    expect(book.pass(notification('t', 5))).toBe(false);
    book.end(earlier);
    book.beginHealing(later);
    expect(book.pass(notification('t', 6))).toBe(true);
    expect(taken()).toEqual([]);
    book.end(later);
  });

  it('has its token compared as JSON, not as text', () => {
    const { book, taken } = bench();
    const call = callOf(5);
    book.first(call);
    book.beginHealing(call);
    const text = '{"method":"notifications/progress","params":{"progressToken":5.0,"progress":1}}';
    expect(book.pass(readMessage(Buffer.from(text)))).toBe(true);
    book.end(call);
    expect(taken()).toEqual([]);
  });
});
