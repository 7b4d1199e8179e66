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
}

/** Lists the places that a new token can be brought to; a restart comes last, so that it finds all else done. */
export const tokenDestinations = ({ file, env, header }: DeliverEntry, context: FixContext): TokenDestination[] => {
  const places: TokenDestination[] = [];
  if (file !== undefined) {
    const path = configPath(file, context);
    places.push({ place: `the file ${path}`, deliver: (token) => replaceFile(path, token) });
  }
  const { upstream } = context;
  if (header !== undefined && upstream?.setHeader !== undefined) {
    places.push({
      place: `the header ${header.name}`,
      deliver: async (token) =>
        upstream.setHeader?.(
          header.name,
          header.value.replaceAll('{token}', () => token),
        ),
    });
  }
  if (env !== undefined) {
    places.push({
      place: `the environment variable ${env}`,
      deliver: async (token, signal) => {
        if (upstream?.restartWithEnv !== undefined) await upstream.restartWithEnv({ [env]: token }, signal);
        else context.env[env] = token;
      },
    });
  }
  return places;
};
