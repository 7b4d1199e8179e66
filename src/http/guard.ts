import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Whom a server of healflow's lets in. */
export interface GuardOptions {
  /** Host names beside the loopback ones by which the server may be called, without port. `*` allows every name. */
  readonly hosts?: readonly string[] | undefined;
  /** Origins of web pages beside the loopback ones, such as `https://app.example.com`. `*` allows every origin. */
  readonly origins?: readonly string[] | undefined;
  /** The bearer token that every request must bring; undefined if none is required. */
  readonly token?: string | undefined;
}

/** Why a request is rejected, as an HTTP status and a message. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly message: string;
  /** Further headers of the response. */
  readonly headers: Readonly<Record<string, string>>;
}

export type Guard = (request: IncomingMessage) => Refusal | undefined;

/** Whether a host name, without port, names this machine from within and nothing else. */
export const isLoopback = (hostname: string): boolean => {
  const name = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return true;
  return isIP(name) === 4 && name.startsWith('127.');
};

/** The name in a Host header, without the port; undefined if it is none. */
const hostnameOf = (host: string): string | undefined => {
  // The parser would read a path, a query or a user as a part of the URL around the name.
  if (!/^[\w.\-~%]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i.test(host)) return undefined;
  try {
    return new URL(`http://${host}`).hostname;
  } catch {
    return undefined;
  }
};

const loopbackOrigin = (origin: string): boolean => {
  try {
    const { protocol, hostname } = new URL(origin);
    return (protocol === 'http:' || protocol === 'https:') && isLoopback(hostname);
  } catch {
    return false;
  }
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The token of a bearer Authorization header (RFC 6750, section 2.1); undefined if there is none. */
const bearerOf = (authorization: string | undefined): string | undefined =>
  authorization === undefined ? undefined : /^bearer +(\S+) *$/i.exec(authorization)?.[1];

/**
 * Makes the check that every request goes through before anything else is done with it.
 *
 * A web page cannot reach the server through a name that its author points at this machine (DNS rebinding): the Host must
 * be a loopback name or one of `hosts`, and the Origin, which browsers send, a loopback one or one of `origins`. The token is compared in
 * constant time.
 */
export const createGuard = ({ hosts = [], origins = [], token }: GuardOptions): Guard => {
  const names = new Set(hosts.map((host) => hostnameOf(host) ?? host.toLowerCase()));
  const pages = new Set(origins.map((origin) => origin.toLowerCase().replace(/\/$/, '')));
  const wanted = token === undefined ? undefined : digest(token);

  const refuseHost = ({ headers: { host } }: IncomingMessage): Refusal | undefined => {
    const name = host === undefined ? undefined : hostnameOf(host);
    if (name !== undefined && (isLoopback(name) || names.has(name) || names.has('*'))) return undefined;
    return forbidden(
      `Invalid Host: ${host === undefined ? 'there is none' : quoted(host)} is not a name of this server`,
    );
  };
  const refuseOrigin = ({ headers: { origin } }: IncomingMessage): Refusal | undefined => {
    if (origin === undefined || loopbackOrigin(origin)) return undefined;
    if (pages.has(origin.toLowerCase()) || pages.has('*')) return undefined;
    return forbidden(`Invalid Origin: pages of ${quoted(origin)} may not use this server`);
  };
  const refuseToken = ({ headers: { authorization } }: IncomingMessage): Refusal | undefined => {
    if (wanted === undefined) return undefined;
    const given = bearerOf(authorization);
    if (given !== undefined && timingSafeEqual(digest(given), wanted)) return undefined;
    const challenge = given === undefined ? 'Bearer' : 'Bearer error="invalid_token"';
    return {
      status: 401,
      message:
        given === undefined ? 'Unauthorized: a bearer token is needed' : 'Unauthorized: the token is not the right one',
      headers: { 'www-authenticate': challenge },
    };
  };
  return (request) => refuseHost(request) ?? refuseOrigin(request) ?? refuseToken(request);
};

const forbidden = (message: string): Refusal => ({ status: 403, message, headers: {} });

/** Foreign text, shortened and with nothing in it that could break a line. */
const quoted = (text: string): string => JSON.stringify(text.slice(0, 100));
