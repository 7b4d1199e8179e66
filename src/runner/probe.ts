import { connect } from 'node:net';
import type { z } from 'zod';
import type { probeSchema } from '../config/fix-schema.ts';
import type { CancelSource } from '../platform/cancellation.ts';
import { runCommand } from '../platform/command.ts';
import { startTimeLimit } from '../platform/time-limit.ts';
import { showCommand } from '../text/command-line.ts';
import { errorText } from '../text/error-text.ts';
import type { FixContext } from './context.ts';

/** What a probe found. */
export interface ProbeResult {
  readonly healthy: boolean;
  readonly reason: string;
}

/** Checks whether the service is healthy. Never rejects. */
export type Probe = (cancels: CancelSource) => Promise<ProbeResult>;

export type ProbeEntry = z.output<typeof probeSchema>;

/** What a configured probe needs besides its options. */
export interface ProbeSurroundings {
  readonly context: FixContext;
  /** The working folder of a probe command. */
  readonly cwd: string;
  /** The whole environment of a probe command. */
  readonly env: Readonly<Record<string, string>>;
}

const askCommand = async (argv: readonly string[], signal: AbortSignal, { context, cwd, env }: ProbeSurroundings) => {
  const { ended, reason } = await runCommand({ argv, cwd, env, signal, clock: context.clock, outputLimitBytes: 1 });
  return { healthy: ended === 'ok', reason };
};

const askTcp = (address: string, signal: AbortSignal): Promise<ProbeResult> =>
  new Promise((resolve, reject) => {
    const separator = address.lastIndexOf(':');
    const host = address.slice(0, separator).replace(/^\[(.*)\]$/, '$1');
    const socket = connect({ host, port: Number(address.slice(separator + 1)), signal });
    socket.once('connect', () => {
      socket.destroy();
      resolve({ healthy: true, reason: `${address} accepts connections` });
    });
    socket.once('error', reject);
  });

/** RFC 7617, section 2 */
const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;

const withoutCredentials = (url: string): URL => Object.assign(new URL(url), { username: '', password: '' });

const askHttp = async (url: string, signal: AbortSignal): Promise<ProbeResult> => {
  // A redirect is a response; its target, such as a login page, is not what the probe is for.
  const { username, password } = new URL(url);
  const headers = username === '' ? {} : { authorization: basic(username, password) };
  const response = await fetch(withoutCredentials(url), { signal, headers, redirect: 'manual' });
  await response.body?.cancel();
  const { status } = response;
  return { healthy: status < 400, reason: `${shownUrl(url)} answered with status ${status}` };
};

/** Shows a URL without its credentials and its query. */
export const shownUrl = (url: string): string => {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
};

const shown = (entry: ProbeEntry): string => {
  if ('command' in entry) return showCommand(entry.command);
  return 'tcp' in entry ? entry.tcp : shownUrl(entry.http);
};

/** Makes a probe of its entry in the config. Each asking has its own time limit. */
export const makeProbe = (entry: ProbeEntry, surroundings: ProbeSurroundings): Probe => {
  const ask = (signal: AbortSignal): Promise<ProbeResult> => {
    if ('command' in entry) return askCommand(entry.command, signal, surroundings);
    return 'tcp' in entry ? askTcp(entry.tcp, signal) : askHttp(entry.http, signal);
  };
  const late = { healthy: false, reason: `${shown(entry)} did not answer within ${entry.timeoutMs} ms` };
  return async (outer) => {
    const limit = startTimeLimit(surroundings.context.clock, entry.timeoutMs, outer);
    try {
      const result = await ask(limit.cancellation.signal);
      return result.healthy || !limit.cancellation.aborted || outer.aborted ? result : late;
    } catch (error) {
      if (!limit.cancellation.aborted) return { healthy: false, reason: `${shown(entry)}: ${errorText(error)}` };
      return outer.aborted ? { healthy: false, reason: `${shown(entry)} had not answered` } : late;
    } finally {
      limit.release();
    }
  };
};
