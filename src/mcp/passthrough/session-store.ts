import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../../model/clock.ts';
import { resultOf } from '../jsonrpc/errors.ts';
import { PassthroughSession, type SessionPorts } from './session.ts';

export interface SessionLimits {
  readonly maxSessions: number;
  readonly sessionIdleMs: number;
}

/**
 * The clients that a proxy remembers: by session id, or by their credentials if the server has no sessions.
 * A forgotten client can go on, but a session that the server then loses is lost.
 */
export class SessionStore {
  readonly #limits: SessionLimits;
  readonly #clock: Clock;
  readonly #ports: SessionPorts;
  readonly #sessions = new Map<string, PassthroughSession>();
  readonly #anonymous = new Map<string, PassthroughSession>();
  /** Sessions that the server has not accepted yet, while a request of theirs is open. */
  readonly #pending = new Map<string, PassthroughSession>();
  /** A fix that calls a tool does so in the session of the call that it repairs. */
  readonly #healing = new AsyncLocalStorage<PassthroughSession>();
  #latest: PassthroughSession | undefined;

  constructor(limits: SessionLimits, ports: SessionPorts) {
    this.#limits = limits;
    this.#clock = ports.clock;
    this.#ports = ports;
  }

  /** Calls a tool in the session of the call that is healed here, else in the one used last. Rejects with the server's error. */
  async callTool(name: string, args: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<unknown> {
    const session = this.#healing.getStore() ?? this.#latest;
    if (session === undefined) throw new Error('no client has sent a request to the MCP server yet');
    return resultOf(await session.request('tools/call', { name, arguments: args }, signal));
  }

  /** Runs the healing of a call as that of this session. */
  heal<T>(session: PassthroughSession, work: () => Promise<T>): Promise<T> {
    return this.#healing.run(session, work);
  }

  get all(): PassthroughSession[] {
    return [...this.#sessions.values(), ...this.#anonymous.values()];
  }

  /**
   * Finds the session of a request, or makes one that is not remembered yet. Undefined if the session belongs to
   * another client.
   */
  find(clientId: string | undefined, principal: string): PassthroughSession | undefined {
    const now = this.#clock.monotonic();
    this.#forgetIdle(now);
    const sessions = clientId === undefined ? this.#anonymous : this.#sessions;
    const key = clientId ?? principal;
    const known = sessions.get(key);
    if (known !== undefined && known.principal !== principal && !known.wasUnauthorized) return undefined;
    const pendingKey = JSON.stringify([clientId, principal]);
    const session = known ?? this.#pending.get(pendingKey) ?? new PassthroughSession(clientId, principal, this.#ports);
    session.lastUsedAt = now;
    if (known === undefined) this.#pending.set(pendingKey, session);
    if (known !== undefined) {
      // The order is that of use.
      sessions.delete(key);
      sessions.set(key, known);
      this.#latest = known;
    }
    return session;
  }

  /** Remembers a session that the server has accepted, and its principal. */
  accepted(session: PassthroughSession, principal: string): void {
    this.#pending.delete(JSON.stringify([session.clientId, session.principal]));
    session.principal = principal;
    session.wasUnauthorized = false;
    const sessions = session.clientId === undefined ? this.#anonymous : this.#sessions;
    sessions.set(session.clientId ?? principal, session);
    this.#latest = session;
    if (sessions.size <= this.#limits.maxSessions) return;
    const [oldest] = [...sessions].find(([, { openRequests }]) => openRequests === 0) ?? [...sessions][0] ?? [];
    if (oldest !== undefined) sessions.delete(oldest);
  }

  /** No request of a session is open any more. */
  release({ clientId, principal }: PassthroughSession): void {
    this.#pending.delete(JSON.stringify([clientId, principal]));
  }

  forget({ clientId }: PassthroughSession): void {
    if (clientId !== undefined) this.#sessions.delete(clientId);
  }

  #forgetIdle(now: number): void {
    for (const sessions of [this.#sessions, this.#anonymous]) {
      for (const [key, { openRequests, lastUsedAt }] of sessions) {
        if (now - lastUsedAt < this.#limits.sessionIdleMs) break;
        if (openRequests === 0) sessions.delete(key);
      }
    }
  }
}
