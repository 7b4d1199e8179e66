import { common } from '../src/config/defaults.ts';
import type { Config } from '../src/config/schema.ts';
import type { Fix, FixRequest } from '../src/model/fix.ts';
import type { Refusal } from '../src/model/run.ts';
import type { FixName } from '../src/model/terms.ts';
import { isDelayFix } from '../src/policy/delay-fixes.ts';
import { anyGlobTest } from '../src/policy/glob.ts';
import type { FixCall, FixContext } from '../src/runner/context.ts';
import { makeFix } from '../src/runner/fix.ts';
import { callFunction, type FixFunctions, functionEntry, functionProbe } from '../src/runner/function.ts';
import { withChanges } from '../src/runner/lazy-fix.ts';
import { isRefusal, refuse } from '../src/runner/refusal.ts';
import { type RepairFixName, rulesOf, rulesOfFunction } from '../src/sharing/rules.ts';
import { oneLine } from '../src/text/one-line.ts';
import { cacheClear } from './cache-clear.ts';
import { kubeLogin } from './kube-login.ts';
import { retryBackoff } from './retry-backoff.ts';
import { tokenRefresh } from './token-refresh.ts';
import { vpnConnect } from './vpn-connect.ts';
import { waitRetry } from './wait-retry.ts';

export type { FixCall } from '../src/runner/context.ts';
export type { FixFunctions } from '../src/runner/function.ts';
export { isRefusal } from '../src/runner/refusal.ts';

export interface FixCatalogueOptions extends FixContext {
  readonly config: Config;
  /** Fixes by function, each instead of the configured command. */
  readonly functions?: FixFunctions | undefined;
}

/** The fixes that this configuration makes available. */
export interface FixCatalogue {
  /** Finds the fix of this name for a failed call, ready to run, or the reason why there is none. */
  select(name: FixName, call: FixCall): Fix | Refusal;
}

/** Makes a fix of one entry of the config. */
type Builder = (call: FixCall) => Fix | Refusal;

interface Candidate {
  readonly matches: (tool: string) => boolean;
  readonly build: Builder;
}

/** Lists the entries of one fix, the first that matches first. */
const candidates = <Entry extends { readonly tools: string[]; readonly target?: string | undefined }>(
  configured: readonly Entry[],
  build: (entry: Entry, call: FixCall) => Fix | Refusal,
): Candidate[] =>
  configured.map((entry, index) => {
    // Two entries have different targets unless both name the same one.
    const target = entry.target ?? (index === 0 ? undefined : `default-${index + 1}`);
    const targeted = target === undefined ? entry : { ...entry, target };
    return { matches: anyGlobTest(entry.tools), build: (call) => build(targeted, call) };
  });

const entriesOf = <Entry>(configured: Entry | readonly Entry[] | false | undefined): readonly Entry[] => {
  if (configured === undefined || configured === false) return [];
  return Array.isArray(configured) ? configured : [configured as Entry];
};

/** Makes the builder of a repair fix, with the rules for sharing it and holding it back. */
const repairFix =
  <Entry extends Parameters<typeof rulesOf>[1]>(
    name: RepairFixName,
    make: (entry: Entry, call: FixCall, context: FixContext) => Fix | Refusal,
    context: FixContext,
  ) =>
  (entry: Entry, call: FixCall): Fix | Refusal => {
    const made = make(entry, call, context);
    return isRefusal(made) ? made : withChanges(made, { rules: rulesOf({ name, key: made.key }, entry, context) });
  };

/** Creates the look-up of function fixes by name. What is the same for every call is computed once. */
const functionFixes = (functions: FixFunctions, context: FixContext) => {
  const prepare = (name: FixName): ((call: FixCall) => Fix | undefined) => {
    const given = functions[name];
    if (given === undefined) return () => undefined;
    const entry = functionEntry(given);
    const { run, tools = common.tools, target = 'default', timeoutMs = common.timeoutMs, probe } = entry;
    const matches = anyGlobTest(tools);
    const spec = {
      name,
      description: 'calls a function of the program',
      timeoutMs,
      probe: probe && functionProbe(probe),
      rules: isDelayFix(name) ? undefined : rulesOfFunction(name, { ...entry, timeoutMs }),
      work: (request: FixRequest) => callFunction(run, request),
    };
    return ({ tool, args = {} }) => {
      if (!matches(tool)) return undefined;
      return makeFix({ ...spec, target: typeof target === 'function' ? target({ tool, args }) : target }, context);
    };
  };
  const prepared = new Map<FixName, ReturnType<typeof prepare>>();
  return (name: FixName, call: FixCall): Fix | undefined => {
    let find = prepared.get(name);
    if (find === undefined) {
      find = prepare(name);
      prepared.set(name, find);
    }
    return find(call);
  };
};

/** Builds the catalogue of a configuration. */
export const createFixCatalogue = (options: FixCatalogueOptions): FixCatalogue => {
  const { config, functions = {}, ...context } = options;
  const { fixes } = config;
  const configured: Record<FixName, Candidate[]> = {
    kube_login: candidates(entriesOf(fixes.kube_login), repairFix('kube_login', kubeLogin, context)),
    token_refresh: candidates(entriesOf(fixes.token_refresh), repairFix('token_refresh', tokenRefresh, context)),
    vpn_connect: candidates(entriesOf(fixes.vpn_connect), repairFix('vpn_connect', vpnConnect, context)),
    cache_clear: candidates(entriesOf(fixes.cache_clear), repairFix('cache_clear', cacheClear, context)),
    retry_backoff: candidates(entriesOf(fixes.retry_backoff), (entry, call) => retryBackoff(entry, call, context)),
    wait_retry: candidates(entriesOf(fixes.wait_retry), (entry, call) => waitRetry(entry, call, context)),
  };
  const fromConfig = (name: FixName, call: FixCall): Fix | Refusal => {
    const found = configured[name].find((candidate) => candidate.matches(call.tool));
    if (found !== undefined) return found.build(call);
    if (configured[name].length > 0) {
      return refuse('FIX_NOT_CONFIGURED', `${name} is not configured for the tool ${call.tool}`);
    }
    const off = fixes[name] === false;
    return refuse('FIX_NOT_CONFIGURED', off ? `${name} is switched off` : `${name} is not configured`);
  };

  const fromFunction = functionFixes(functions, context);

  return {
    select: (name, call) => {
      const found = fromFunction(name, call) ?? fromConfig(name, call);
      return isRefusal(found) ? { code: found.code, reason: oneLine(context.redact(found.reason)) } : found;
    },
  };
};
