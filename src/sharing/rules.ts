import * as defaults from '../config/defaults.ts';
import type { Config } from '../config/schema.ts';
import type { FixRules } from '../model/fix.ts';
import { type BuiltInFixName, type FixName, fixModes } from '../model/terms.ts';
import type { FixContext } from '../runner/context.ts';
import type { FunctionEntry } from '../runner/function.ts';
import { configPath } from '../runner/path.ts';
import { digest } from './identity.ts';

/** The repair fixes. */
export type RepairFixName = Exclude<FixName, 'retry_backoff' | 'wait_retry'>;
type BuiltInRepair = Exclude<BuiltInFixName, 'retry_backoff' | 'wait_retry'>;
type BuiltInEntry<Name extends BuiltInRepair = BuiltInRepair> = NonNullable<Config['fixes'][Name]>[number];
type Entry = BuiltInEntry | Config['fixes']['own'][string][number];

/** The name and target of a repair fix: the part of its identity that is not in its entry. */
export interface Named {
  readonly name: RepairFixName;
  readonly key: string;
}

/** The variables that decide which account or cluster a command works for. */
const identityVariables = ['HOME', 'KUBECONFIG'];

/** What a command depends on besides its entry. */
const surroundings = (entry: { cwd?: string | undefined; env: readonly string[] }, context: FixContext) => ({
  cwd: configPath(entry.cwd ?? '.', context),
  env: Object.fromEntries([...identityVariables, ...entry.env].map((name) => [name, context.env[name]])),
});

/** Whether the fix affects this process alone: its own upstream, or its own environment. */
const isProcessLocal = (entry: Entry, { upstream }: FixContext): boolean => {
  if ('folders' in entry) return entry.tool !== undefined;
  if (!('deliver' in entry)) return false;
  const { env, args, header } = entry.deliver;
  return env !== undefined || args !== undefined || (header !== undefined && upstream?.setHeader !== undefined);
};

/** The names of a token that the processes of this machine share. */
export interface TokenIdentity {
  /** Names it in the store: a digest of what gets it. */
  readonly key: string;
  /** Names the run that gets it. */
  readonly identity: string;
}

/**
 * Names the token of a `token_refresh`; undefined if it is not shared. Where the token goes does not count: a refresh for one
 * process may end the older token that another one sends elsewhere.
 */
export const tokenIdentityOf = (
  { name, key }: Named,
  { oauth, command, deliver, ...entry }: BuiltInEntry<'token_refresh'>,
  context: FixContext,
): TokenIdentity | undefined => {
  // A token of a fleet is where all machines find it; those of the store are of this machine.
  if (entry.share !== undefined || Object.keys(deliver).length === 0) return undefined;
  if (context.tokens?.open() !== true) return undefined;
  if (oauth === undefined) {
    const identity = digest({ name, key, command, ...surroundings(entry, context) });
    return { key: identity, identity };
  }
  const { issuer, tokenEndpoint, clientId, scope } = oauth;
  const grant = { issuer, tokenEndpoint, clientId, refreshTokenFile: configPath(oauth.refreshTokenFile, context) };
  return { key: digest({ name, grant }), identity: digest({ name, grant, scope }) };
};

/**
 * The rules of a fix that machines share. They have nothing in common that would tell that two fixes are the same, so the
 * configuration names them. A cluster of `kube_login` is part of its key.
 */
const fleetRules = (
  { name, key }: Named,
  { fleet, whenLost, approval }: NonNullable<Entry['share']>,
  hasRefreshToken: boolean,
  does: object,
): Pick<FixRules, 'identity' | 'scope' | 'whenLost' | 'approvalDigest' | 'approval'> => ({
  identity: digest({ fleet, name, ...(name === 'kube_login' ? { key } : {}) }),
  approvalDigest: digest({ fleet, name, key, does }),
  scope: 'fleet',
  approval,
  // A refresh token that is used twice at once may be lost.
  whenLost: whenLost ?? (hasRefreshToken ? 'refuse' : 'machine'),
});

/**
 * Computes how a configured fix is shared. Two fixes are equal if they do the same: same entry, same target,
 * same folder and, for commands, the same `HOME`, `KUBECONFIG` and variables that the entry names. What only says when
 * it runs does not count.
 */
export const rulesOf = ({ name, key }: Named, entry: Entry, context: FixContext): FixRules => {
  const { tools: _tools, settleMs: _settleMs, share, timeoutMs, mode, cooldownMs, budget, ...does } = entry;
  const limits = { mode, cooldownMs, budget, timeoutMs };
  if (share !== undefined)
    return {
      ...limits,
      ...fleetRules({ name, key }, share, 'oauth' in entry && entry.oauth !== undefined, does),
    };
  const command = 'command' in entry && entry.command !== undefined;
  const byCommand = command || 'clusters' in entry;
  const token = 'deliver' in entry ? tokenIdentityOf({ name, key }, entry, context) : undefined;
  const identity = token?.identity ?? digest({ name, key, does, ...(byCommand ? surroundings(entry, context) : {}) });
  const oauth = 'oauth' in entry ? entry.oauth : undefined;
  return {
    ...limits,
    identity,
    // A refresh token that is used twice at once may be lost, whatever the access token is for.
    ...(oauth && { exclusive: digest({ refreshToken: configPath(oauth.refreshTokenFile, context) }) }),
    scope: token === undefined && isProcessLocal(entry, context) ? 'process' : 'machine',
  };
};

/** Computes the limits of a function fix; only this process knows what it does. */
export const rulesOfFunction = (
  name: BuiltInRepair,
  entry: Pick<FunctionEntry, 'mode' | 'cooldownMs'> & {
    readonly budget?: Partial<FixRules['budget']>;
    readonly timeoutMs: number;
  },
): FixRules => {
  const { mode = defaults.common.mode, cooldownMs = defaults.cooldownMs[name], timeoutMs } = entry;
  // A misspelt `dry-run` must not run.
  if (!fixModes.includes(mode)) throw new TypeError(`the mode of ${name} is ${mode}, not ${fixModes.join(' or ')}`);
  return { mode, cooldownMs, budget: { ...defaults.budget, ...entry.budget }, timeoutMs, scope: 'process' };
};
