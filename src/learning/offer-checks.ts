import type { IncomingMessage, ServerResponse } from 'node:http';
import { createGuard } from '../http/guard.ts';
import { listen } from '../http/listen.ts';
import type { Clock } from '../model/clock.ts';
import { announceProcess } from '../sharing/process-cards.ts';
import { newProcessId, newToken } from '../sharing/process-token.ts';
import { checksFolder, maxCheckMs, type OfferedCall } from './checks-protocol.ts';
import type { WaitingCalls } from './waiting-calls.ts';

export interface OfferChecksOptions {
  readonly waiting: WaitingCalls;
  readonly stateDir: string;
  /** The folder of the log of this process. */
  readonly memoryDir: string;
  readonly clock: Clock;
  /** Called after a check that saw no success: what asked for it is about to run something, or has. */
  readonly onCheck?: (() => void) | undefined;
}

const numberIn = (text: string | null, most: number): number => {
  const value = Number(text ?? most);
  return Number.isFinite(value) ? Math.min(Math.max(0, value), most) : most;
};

const offered = (waiting: WaitingCalls, memoryDir: string): readonly OfferedCall[] =>
  waiting.list().map((call) => ({ ...call, args: waiting.digestOf(call.id), memoryDir }));

/**
 * Lets the other processes of this user list the calls that wait, and have one made again: over HTTP on a loopback port, with a token
 * that is in a file which only this user can read. It does not keep the process alive. Resolves with the function that ends it.
 *
 * @throws Error if no port can be opened, or the file cannot be written.
 */
export const offerChecks = async ({
  waiting,
  stateDir,
  memoryDir,
  clock,
  onCheck,
}: OfferChecksOptions): Promise<() => Promise<void>> => {
  const token = newToken();
  const guard = createGuard({ token });

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refusal = guard(request);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(JSON.stringify(body));
    };
    if (refusal !== undefined) return send(refusal.status, { error: refusal.message });
    if (request.method === 'GET' && pathname === '/calls') return send(200, offered(waiting, memoryDir));
    if (request.method === 'POST' && pathname === '/check') {
      const timeoutMs = numberIn(searchParams.get('timeoutMs'), maxCheckMs);
      const report = await waiting.check(searchParams.get('id') ?? '', timeoutMs);
      if (report.result !== 'succeeded') onCheck?.();
      return send(200, report);
    }
    send(404, { error: 'not found' });
  };

  const listening = await listen(
    (request, response) => {
      // Nobody who asks keeps the process alive.
      request.socket.unref();
      request.resume();
      respond(request, response).catch(() => response.destroy());
    },
    { port: 0, clock },
  );
  listening.unref();
  try {
    const card = { id: newProcessId(), port: listening.port, token, title: process.title, startedAt: clock.now() };
    const remove = await announceProcess(stateDir, checksFolder, card, clock);
    return async () => {
      remove();
      await listening.close(0);
    };
  } catch (error) {
    await listening.close(0);
    throw error;
  }
};
