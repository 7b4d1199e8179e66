import { createHmac, timingSafeEqual } from 'node:crypto';
import { isRecord } from '../text/is-record.ts';
import { uniqueId } from './identity.ts';
import { statePrefix } from './state-prefix.ts';

/** The key that signs, and the time by the clock that judges it, in ms since the epoch. */
export interface StateKey {
  readonly key: Buffer;
  readonly now: number;
}

/** Keys that all processes have that may see a state, and their memory of the states that were used. */
export interface StateKeys {
  /**
   * Resolves with the key, which is made if it is missing. Rejects with a message for people.
   *
   * @param remainingMs - The time that the call has, in ms; no limit by default.
   */
  read(remainingMs?: number): Promise<StateKey>;
  /** Takes the one use of a state. Rejects with a message for people. */
  use(id: string, expiresAt: number, remainingMs?: number): Promise<'first' | 'used' | 'expired'>;
}

/** Why a state is not accepted. `unknown`: that cannot be found out now, and the state was not used. */
export class RequestStateError extends Error {
  readonly kind: 'invalid' | 'expired' | 'used' | 'unknown';

  constructor(kind: RequestStateError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** A state that was accepted; the times are by the clock that judges it. */
export interface OpenedState {
  readonly content: Readonly<Record<string, unknown>>;
  readonly ageMs: number;
  /** How long it would have been accepted, in ms. */
  readonly leftMs: number;
}

/** Makes of a digest what a client may see: without the key that signs, nobody can try what it is the digest of. */
export type HideDigest = (digest: string) => string;

/** Says why the content of a state does not fit the request; null if it does. */
export type StateCheck = (content: OpenedState['content'], hide: HideDigest) => string | null | Promise<string | null>;

/** The content of a state, or what makes it with the key that signs. */
export type StateContent = OpenedState['content'] | ((hide: HideDigest) => OpenedState['content']);

const invalid = (why: string): RequestStateError =>
  new RequestStateError('invalid', `this requestState is not valid: ${why}; call the tool again without it`);

const forms = { machine: 'm', fleet: 'f' } as const;

/**
 * States that travel through a client, which may change them: each is signed, expires, and is accepted once, by any process
 * that has the key. They are not encrypted: a client can read what is in them.
 */
export class RequestStates {
  readonly #keys: { readonly machine: StateKeys; readonly fleet: StateKeys | undefined };

  constructor(keys: { readonly machine: StateKeys; readonly fleet: StateKeys | undefined }) {
    this.#keys = keys;
  }

  /**
   * Signs a state.
   *
   * @param isFleetWide Whether other machines accept it too, if the fleet can be reached.
   * @param remainingMs The time that the call has, in ms; no limit by default.
   * @throws Error if there is no key.
   */
  async sign(content: StateContent, lifetimeMs: number, isFleetWide: boolean, remainingMs?: number): Promise<string> {
    const { machine, fleet } = this.#keys;
    if (isFleetWide && fleet !== undefined) {
      try {
        return signed('fleet', content, lifetimeMs, await fleet.read(remainingMs));
      } catch {} // This machine accepts it at least.
    }
    return signed('machine', content, lifetimeMs, await machine.read());
  }

  /**
   * Verifies a state, and takes its one use.
   *
   * @param check It is called before the use is taken.
   * @param remainingMs The time that the call has, in ms; no limit by default.
   * @throws RequestStateError
   */
  async open(state: string, check: StateCheck, remainingMs?: number): Promise<OpenedState> {
    const [, form, body, mac, ...more] = state.split('.');
    const reach = form === forms.machine ? 'machine' : form === forms.fleet ? 'fleet' : undefined;
    if (reach === undefined || body === undefined || mac === undefined || more.length > 0) throw invalid('malformed');
    const keys = this.#keys[reach];
    if (keys === undefined) throw invalid('it is of a fleet, and this process has none');
    const { key, now } = await keys.read(remainingMs).catch((cause: unknown) => {
      throw unknown(cause);
    });
    const given = Buffer.from(mac, 'base64url');
    const expected = macOf(key, `${statePrefix}${form}.${body}`);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw invalid('it was changed, or signed with another key');
    }
    const { id, issuedAt, expiresAt, content } = parse(body);
    if (expiresAt <= now) throw expired();
    const misfit = await check(content, hideWith(key));
    if (misfit !== null) throw invalid(misfit);
    const use = await keys.use(id, expiresAt, remainingMs).catch((cause: unknown) => {
      throw unknown(cause);
    });
    if (use === 'expired') throw expired();
    if (use === 'used') {
      throw new RequestStateError('used', 'this requestState has been used: call the tool again without it');
    }
    return { content, ageMs: Math.max(0, now - issuedAt), leftMs: expiresAt - now };
  }
}

const expired = (): RequestStateError =>
  new RequestStateError('expired', 'this requestState has expired: call the tool again without it');

const unknown = (cause: unknown): RequestStateError =>
  new RequestStateError('unknown', 'this requestState cannot be checked now: try again later', { cause });

const macOf = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** No state is signed by it: those begin in another way. */
const hideWith =
  (key: Buffer): HideDigest =>
  (digest) =>
    macOf(key, `digest:${digest}`).toString('base64url');

const signed = (reach: keyof typeof forms, given: StateContent, lifetimeMs: number, { key, now }: StateKey): string => {
  const content = typeof given === 'function' ? given(hideWith(key)) : given;
  const facts = { id: uniqueId(), issuedAt: now, expiresAt: now + lifetimeMs, content };
  const text = `${statePrefix}${forms[reach]}.${Buffer.from(JSON.stringify(facts)).toString('base64url')}`;
  return `${text}.${macOf(key, text).toString('base64url')}`;
};

/** The facts in a body whose signature was verified. */
const parse = (body: string): { id: string; issuedAt: number; expiresAt: number; content: OpenedState['content'] } => {
  const facts: unknown = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
  if (!isRecord(facts) || !isRecord(facts.content)) throw invalid('malformed');
  const { id, issuedAt, expiresAt, content } = facts;
  if (typeof id !== 'string' || typeof issuedAt !== 'number' || typeof expiresAt !== 'number')
    throw invalid('malformed');
  return { id, issuedAt, expiresAt, content };
};
