import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../../../src/clock.ts';
import { proxyHttpToStdio } from '../../../../src/mcp/modes/http-to-stdio.ts';
import type { HttpLimits } from '../../../../src/mcp/modes/options.ts';
import type { ProxyLimits } from '../../../../src/mcp/relay/options.ts';
import type { Clock } from '../../../../src/model/clock.ts';
import type { UpstreamControl } from '../../../../src/model/fix.ts';
import { systemRandom } from '../../../../src/random.ts';
import { ScriptedHealer } from '../../relay/scripted-healer.ts';

export const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../fixtures/mcp/${name}`, import.meta.url));

export interface Served {
  readonly url: string;
  /** The healers of all servers, in the order in which these were started. */
  readonly healers: ScriptedHealer[];
  /** What a fix can do with each of these servers. */
  readonly controls: UpstreamControl[];
  stderr(): string;
  /** Ends the proxy; resolves with its exit code. */
  stop(): Promise<number>;
}

export interface ServeOptions {
  readonly command?: readonly string[];
  readonly env?: Record<string, string>;
  readonly http?: Partial<HttpLimits>;
  readonly limits?: Partial<ProxyLimits>;
  readonly token?: string;
  readonly healer?: () => ScriptedHealer;
  readonly clock?: Clock;
}

const running = new Set<() => Promise<number>>();

/** Ends what is still running; for `afterEach`. */
export const stopAll = async (): Promise<void> => {
  await Promise.all([...running].map((stop) => stop()));
};

/** A proxy in this process, in front of a fixture server. */
export const serve = async (options: ServeOptions = {}): Promise<Served> => {
  const stop = new AbortController();
  const stderr = new PassThrough();
  let said = '';
  stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const healers: ScriptedHealer[] = [];
  const controls: UpstreamControl[] = [];
  let listening: (url: string) => void = () => {};
  const url = new Promise<string>((resolve) => {
    listening = resolve;
  });
  const code = proxyHttpToStdio({
    command: options.command ?? [process.execPath, fixture('raw-server.mjs')],
    env: { PATH: process.env.PATH, ...options.env },
    port: 0,
    token: options.token,
    stderr,
    createHealer: async (control) => {
      controls.push(control);
      const healer = options.healer?.() ?? new ScriptedHealer(1);
      healers.push(healer);
      return healer;
    },
    limits: {
      maxLineBytes: 1_048_576,
      graceMs: 2_000,
      drainMs: 2_000,
      startTimeoutMs: 10_000,
      maxRestarts: 5,
      restartWindowMs: 60_000,
      progressEveryMs: 1_000,
      deadlineMs: 10_000,
      ...options.limits,
    },
    http: {
      hosts: [],
      origins: [],
      maxSessions: 100,
      sessionIdleMs: 60_000,
      upstream: 'own',
      keptBytes: 1_048_576,
      keepAliveMs: 15_000,
      ...options.http,
    },
    clock: options.clock ?? systemClock,
    random: systemRandom,
    redact: (text) => text,
    stop: stop.signal,
    kill: new AbortController().signal,
    listening,
  });
  const end = async (): Promise<number> => {
    running.delete(end);
    stop.abort();
    return code;
  };
  running.add(end);
  return { url: await Promise.race([url, code.then(() => '')]), healers, controls, stderr: () => said, stop: end };
};

export const both = 'application/json, text/event-stream';

export interface ParsedResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The messages in it: of a stream of events, or the JSON itself. */
  readonly messages: Record<string, unknown>[];
}

/** The messages in a text of events. */
export const messagesIn = (text: string): Record<string, unknown>[] =>
  text.split('\n\n').flatMap((block) => {
    const data = block.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice(6)] : []));
    return data.length === 0 || data.join('') === '' ? [] : [JSON.parse(data.join('\n'))];
  });

export const readResponse = async (response: Response): Promise<ParsedResponse> => {
  const text = await response.text();
  const isStream = response.headers.get('content-type') === 'text/event-stream';
  const messages = text === '' ? [] : isStream ? messagesIn(text) : [JSON.parse(text)].flat();
  return { status: response.status, headers: response.headers, text, messages };
};

export const post = async (
  url: string,
  message: unknown,
  headers: Record<string, string> = {},
  init: RequestInit = {},
): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: both, ...headers },
    body: typeof message === 'string' ? message : JSON.stringify(message),
    ...init,
  });

export const initialize = (version = '2025-11-25', id: unknown = 1): Record<string, unknown> => ({
  jsonrpc: '2.0',
  id,
  method: 'initialize',
  params: { protocolVersion: version, capabilities: {}, clientInfo: { name: 'test', version: '1' } },
});

/** A session of the protocol's own, spoken by hand. */
export class RawSession {
  readonly url: string;
  readonly headers: Record<string, string>;

  private constructor(url: string, headers: Record<string, string>) {
    this.url = url;
    this.headers = headers;
  }

  static async open(url: string, headers: Record<string, string> = {}, version = '2025-11-25'): Promise<RawSession> {
    const { status, headers: given, text } = await readResponse(await post(url, initialize(version), headers));
    const id = given.get('mcp-session-id');
    if (status !== 200 || id === null) throw new Error(`no session: ${status} ${text}`);
    const session = new RawSession(url, { ...headers, 'mcp-session-id': id, 'mcp-protocol-version': version });
    await session.post({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return session;
  }

  async post(message: unknown, headers: Record<string, string> = {}): Promise<ParsedResponse> {
    return readResponse(await post(this.url, message, { ...this.headers, ...headers }));
  }

  call(
    id: unknown,
    name: string,
    args: Record<string, unknown> = {},
    more: Record<string, unknown> = {},
  ): Promise<ParsedResponse> {
    return this.post({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args, ...more } });
  }

  get(headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
    return fetch(this.url, {
      headers: { ...this.headers, accept: 'text/event-stream', ...headers },
      ...(signal && { signal }),
    });
  }

  async delete(): Promise<number> {
    return (await fetch(this.url, { method: 'DELETE', headers: this.headers })).status;
  }
}

/** A request of the stateless protocol, with the headers that belong to it. */
export const stateless = (
  id: unknown,
  method: string,
  params: Record<string, unknown> = {},
): { readonly message: Record<string, unknown>; readonly headers: Record<string, string> } => {
  const { _meta, ...rest } = params;
  const name = rest.name ?? rest.uri;
  return {
    message: {
      jsonrpc: '2.0',
      id,
      method,
      params: {
        ...rest,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': {},
          ...(_meta as Record<string, unknown>),
        },
      },
    },
    headers: {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(typeof name === 'string' && { 'mcp-name': name }),
    },
  };
};
