import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../model/clock.ts';
import { ClientSession } from './client-session.ts';
import type { KeepAlive } from './keep-alive.ts';
import type { ChannelListener, ServerChannel } from './server-connection.ts';

export interface SessionStoreParts {
  readonly clock: Clock;
  readonly keepAlive: KeepAlive;
  readonly maxSessions: number;
  readonly idleMs: number;
  readonly keptBytes: number;
}

/** The id of a session, which nobody can guess. */
const newSessionId = (): string => randomBytes(24).toString('base64url');

/** All open sessions. Only its own principal finds a session. */
export class SessionStore {
  readonly #parts: SessionStoreParts;
  readonly #sessions = new Map<string, ClientSession>();
  /** Sessions that begin or end: these have a server too. */
  readonly #others = new Set<Promise<unknown>>();

  constructor(parts: SessionStoreParts) {
    this.#parts = parts;
  }

  get isFull(): boolean {
    return this.#sessions.size + this.#others.size >= this.#parts.maxSessions;
  }

  /** @param connect Opens the channel of the session. */
  async begin(
    principal: string,
    connect: (session: ChannelListener) => Promise<ServerChannel>,
  ): Promise<ClientSession> {
    const { clock, keepAlive, idleMs, keptBytes } = this.#parts;
    const id = newSessionId();
    const onOver = (): void => void this.end(session, 'the session was silent for too long');
    const session = new ClientSession({ id, principal, clock, keepAlive, idleMs, keptBytes, onOver });
    const beginning = connect(session).then((channel) => session.connect(channel));
    await this.#during(beginning);
    this.#sessions.set(id, session);
    return session;
  }

  find(id: string, principal: string): ClientSession | undefined {
    const session = this.#sessions.get(id);
    return session?.principal === principal ? session : undefined;
  }

  /** Ends the session that has been idle for longest. Resolves with false if all have open requests. */
  async makeRoom(): Promise<boolean> {
    const idle = [...this.#sessions.values()].filter((session) => !session.hasOpenRequests);
    const [longest] = idle.sort(
      (one, other) => Number(one.isConnected) - Number(other.isConnected) || one.lastUsedAt - other.lastUsedAt,
    );
    if (longest === undefined) return false;
    await this.end(longest, 'the session made room for another one (proxy.http.maxSessions)');
    return true;
  }

  async end(session: ClientSession, reason: string): Promise<void> {
    if (!this.#sessions.delete(session.id)) return;
    await this.#during(session.end(reason));
  }

  async endAll(reason: string): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => this.end(session, reason)));
    await Promise.allSettled(this.#others);
  }

  async #during(work: Promise<unknown>): Promise<void> {
    this.#others.add(work);
    try {
      await work;
    } finally {
      this.#others.delete(work);
    }
  }
}
