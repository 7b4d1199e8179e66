import { readFileSync, statSync } from 'node:fs';
import { type DeliverEntry, fillTemplate, type TokenTemplate, templatesOf } from '../config/deliver.ts';
import { replaceFile } from '../platform/replace-file.ts';
import type { FixContext } from './context.ts';
import { configPath } from './path.ts';

export type { DeliverEntry } from '../config/deliver.ts';

/** One place that a new token is brought to. */
export interface TokenDestination {
  /** The destination, for people. */
  readonly place: string;
  deliver(token: string, signal: AbortSignal): Promise<void>;
  /** Whether it had this token, or a newer one, before anything was delivered. */
  holds(token: string, obtainedAt: number): boolean;
}

const fileHolds = (path: string, content: string, obtainedAt: number): boolean => {
  try {
    const stats = statSync(path);
    const isNewer = stats.mtimeMs > obtainedAt + 1_000;
    return stats.isFile() && (isNewer || readFileSync(path, 'utf8').trim() === content.trim());
  } catch {
    return false;
  }
};

const fileDestination = ({ name, template }: TokenTemplate, context: FixContext): TokenDestination => {
  const path = configPath(name, context);
  return {
    place: `the file ${path}`,
    deliver: (token) => replaceFile(path, fillTemplate(template, token)),
    holds: (token, obtainedAt) => fileHolds(path, fillTemplate(template, token), obtainedAt),
  };
};

/** Whether the process was started with the token: what it is given at its start is in its environment. */
const isGiven =
  ({ env }: FixContext, templates: readonly TokenTemplate[]) =>
  (token: string): boolean => {
    const texts = [token, ...templates.map(({ template }) => fillTemplate(template, token))];
    return Object.values(env).some((value) => value !== undefined && texts.some((text) => value.includes(text)));
  };

const placeOf = (variables: readonly TokenTemplate[], hasArgs: boolean): string => {
  const names = variables.map(({ name }) => name).join(' and ');
  const parts = [
    ...(names === '' ? [] : [`the environment variable${variables.length === 1 ? '' : 's'} ${names}`]),
    ...(hasArgs ? ['the arguments of the server'] : []),
  ];
  return parts.join(' and ');
};

/** The environment and the arguments of a server, which one restart changes; undefined if it cannot be done here. */
const restartDestination = (all: readonly TokenTemplate[], context: FixContext): TokenDestination | undefined => {
  const variables = all.filter(({ kind }) => kind === 'env');
  const args = all.filter(({ kind }) => kind === 'args');
  const { upstream } = context;
  const canSetArgs = args.length > 0 && upstream?.restartWith !== undefined;
  if (variables.length === 0 && !canSetArgs) return undefined;
  return {
    place: placeOf(variables, canSetArgs),
    deliver: async (token, signal) => {
      const filled = Object.fromEntries(variables.map(({ name, template }) => [name, fillTemplate(template, token)]));
      if (canSetArgs) {
        const changes = { env: filled, args: args.map(({ template }) => fillTemplate(template, token)) };
        await upstream.restartWith?.(changes, signal);
      } else if (upstream?.restartWithEnv !== undefined) await upstream.restartWithEnv(filled, signal);
      else Object.assign(context.env, filled);
    },
    holds: isGiven(context, variables),
  };
};

/** Lists the places that a new token can be brought to; a restart comes last, so that it finds all else done. */
export const tokenDestinations = (deliver: DeliverEntry, context: FixContext): TokenDestination[] => {
  const { upstream } = context;
  const all = templatesOf(deliver);
  const headers = upstream?.setHeader === undefined ? [] : all.filter(({ kind }) => kind === 'header');
  const restart = restartDestination(all, context);
  return [
    ...all.filter(({ kind }) => kind === 'file').map((template) => fileDestination(template, context)),
    ...headers.map(({ name, template }) => ({
      place: `the header ${name}`,
      deliver: async (token: string) => upstream?.setHeader?.(name, fillTemplate(template, token)),
      holds: isGiven(context, []),
    })),
    ...(restart === undefined ? [] : [restart]),
  ];
};
