import { z } from 'zod';
import { ms, positiveMs } from './durations.ts';

/** What `healflow proxy` may do: the part `proxy` of healflow.yaml. */
export const proxySchema = z
  .strictObject({
    /** The longest message that is passed on, in bytes. @default 67108864 (64 MiB) */
    maxLineBytes: z.number().int().min(1_024).default(67_108_864),
    /**
     * How long the server may take to end, once its input has ended and again after SIGTERM. For a restart, on Linux, that is
     * over as soon as the server is idle and waits for no time to pass. @default 2000
     */
    graceMs: ms.default(2_000),
    /** How long a fix waits for calls in flight before it restarts their server, in ms. @default 5000 */
    drainMs: ms.default(5_000),
    /** How long a restarted server may take to accept the handshake; at least twice the time of its first start. @default 30000 */
    startTimeoutMs: positiveMs.default(30_000),
    /**
     * A server with open requests that sends nothing for this long, not even a response to a ping, is restarted; after five
     * times as long if it has never answered a ping while it worked. A server that answers no pings at all is left alone.
     * `false` turns it off. @default 60000
     */
    hangMs: z.union([z.literal(false), positiveMs]).default(60_000),
    /** Maximum number of restarts, within `restartWindowMs`. @default 5 */
    maxRestarts: z.number().int().nonnegative().default(5),
    /** @default 60000 */
    restartWindowMs: positiveMs.default(60_000),
    /** Whether the server starts only when it is needed; until then its handshake and lists of last time are sent. @default false */
    lazy: z.boolean().default(false),
    /** A server with nothing open and no subscription for this long, in ms, is stopped until the next request. @default unset: never */
    idleStopMs: positiveMs.optional(),
    /** Where lines go that the server writes to its stdout and that are no messages: to the client, or to stderr. @default 'pass' */
    stdoutNoise: z.enum(['pass', 'stderr']).default('pass'),
    /** Time between two progress notifications while a call is being healed, for clients that ask for progress. @default 1000 */
    progressEveryMs: positiveMs.default(1_000),
    /**
     * Headers that every request to a server behind a URL (`--upstream`) has. `${NAME}` stands for the value of an
     * environment variable, which is then masked wherever it might be shown. @default {}
     */
    headers: z
      .record(
        z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'this is not a valid header name'),
        z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'a header value cannot contain these characters'),
      )
      .default({}),
    /** Timeout for connecting to a server behind a URL, in ms. @default 10000 */
    connectTimeoutMs: positiveMs.default(10_000),
    /** For clients that connect over HTTP (`--http`). */
    http: z
      .strictObject({
        /** The environment variable that holds the bearer token that every request must have. @default unset: no token is needed */
        tokenEnv: z.string().min(1).optional(),
        /** Names beside the loopback ones by which clients may call this server; `*` for any. @default [] */
        hosts: z.array(z.string().min(1)).default([]),
        /** Origins of web pages beside the loopback ones that may use it, as `https://app.example.com`; `*` for any. @default [] */
        origins: z.array(z.string().min(1)).default([]),
        /** Maximum number of sessions at once. For one more, the session that is idle for longest ends; if all have open calls, it gets a 503. @default 100 */
        maxSessions: z.number().int().positive().default(100),
        /** A session that has been silent this long, in ms, and has no stream open, ends. @default 1800000 (30 minutes) */
        sessionIdleMs: positiveMs.default(1_800_000),
        /** Whether each session gets a server process of its own, or all share one. @default 'own' */
        upstream: z.enum(['own', 'shared']).default('own'),
        /** Bytes kept per session for a client that is disconnected: events that it has not received, and those that it may ask for again. @default 4194304 (4 MiB) */
        keptBytes: z.number().int().min(1_024).default(4_194_304),
        /** Time between two comments on an idle stream, in ms, so that no proxy closes it. @default 15000 */
        keepAliveMs: positiveMs.default(15_000),
      })
      .prefault({}),
  })
  .prefault({});
