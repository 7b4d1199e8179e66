import { readFileSync, statSync } from 'node:fs';
import type { z } from 'zod';
import type { tokenRefreshSchema } from '../config/schema.ts';
import { replaceFile } from '../platform/replace-file.ts';
import type { FixContext } from './context.ts';
import { configPath } from './path.ts';

export type DeliverEntry = z.output<typeof tokenRefreshSchema>['deliver'];

/** One place that a new token is brought to. */
export interface TokenDestination {
  /** The destination, for people. */
  readonly place: string;
  deliver(token: string, signal: AbortSignal): Promise<void>;
  /** Whether it had this token, or a newer one, before anything was delivered. */
  holds(token: string, obtainedAt: number): boolean;
}

const fileHolds = (path: string, token: string, obtainedAt: number): boolean => {
  try {
    const stats = statSync(path);
    return stats.isFile() && (stats.mtimeMs > obtainedAt + 1_000 || readFileSync(path, 'utf8').trim() === token);
  } catch {
    return false;
  }
};

/** Lists the places that a new token can be brought to; a restart comes last, so that it finds all else done. */
export const tokenDestinations = ({ file, env, header }: DeliverEntry, context: FixContext): TokenDestination[] => {
  const places: TokenDestination[] = [];
  if (file !== undefined) {
    const path = configPath(file, context);
    places.push({
      place: `the file ${path}`,
      deliver: (token) => replaceFile(path, token),
      holds: (token, obtainedAt) => fileHolds(path, token, obtainedAt),
    });
  }
  const { upstream } = context;
  // What a process is given at its start is in its environment.
  const isGiven = (token: string): boolean => Object.values(context.env).some((value) => value?.includes(token));
  if (header !== undefined && upstream?.setHeader !== undefined) {
    places.push({
      place: `the header ${header.name}`,
      deliver: async (token) =>
        upstream.setHeader?.(
          header.name,
          header.value.replaceAll('{token}', () => token),
        ),
      holds: isGiven,
    });
  }
  if (env !== undefined) {
    places.push({
      place: `the environment variable ${env}`,
      deliver: async (token, signal) => {
        if (upstream?.restartWithEnv !== undefined) await upstream.restartWithEnv({ [env]: token }, signal);
        else context.env[env] = token;
      },
      holds: isGiven,
    });
  }
  return places;
};
