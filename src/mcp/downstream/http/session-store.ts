import type { Clock } from '../../../model/clock.ts';
import { Session } from './client-session.ts';
import type { Pulse } from './keep-alive.ts';
import { newSessionId } from './principal.ts';
import type { Line, LineEnd } from './server-channel.ts';

export interface SessionBookParts {
  readonly clock: Clock;
  readonly pulse: Pulse;
  readonly maxSessions: number;
  readonly idleMs: number;
  readonly keptBytes: number;
}

/** All sessions that there are. One that is found only by its own principal. */
export class SessionBook {
  readonly #parts: SessionBookParts;
  readonly #sessions = new Map<string, Session>();
  /** Those that begin or end; they have a server already, or still. */
  readonly #others = new Set<Promise<unknown>>();

  constructor(parts: SessionBookParts) {
    this.#parts = parts;
  }

  get isFull(): boolean {
    return this.#sessions.size + this.#others.size >= this.#parts.maxSessions;
  }

  /** @param connect Gets the session its line. */
  async begin(principal: string, connect: (session: LineEnd) => Promise<Line>): Promise<Session> {
    const { clock, pulse, idleMs, keptBytes } = this.#parts;
    const id = newSessionId();
    const over = (): void => void this.end(session, 'the session was silent for too long');
    const session = new Session({ id, principal, clock, pulse, idleMs, keptBytes, over });
    const beginning = connect(session).then((line) => session.use(line));
    await this.#during(beginning);
    this.#sessions.set(id, session);
    return session;
  }

  find(id: string, principal: string): Session | undefined {
    const session = this.#sessions.get(id);
    return session?.principal === principal ? session : undefined;
  }

  async end(session: Session, reason: string): Promise<void> {
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
