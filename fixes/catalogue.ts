import { entriesOfFix, ownEntries } from '../src/config/fix-entries.ts';
import type { Config, ConfigInput } from '../src/config/schema.ts';
import type { Fix } from '../src/model/fix.ts';
import type { Refusal } from '../src/model/run.ts';
import { type FixName, fixNames } from '../src/model/terms.ts';
import { bindingTest } from '../src/policy/fix-order.ts';
import { anyGlobTest } from '../src/policy/glob.ts';
import type { FixCall, FixContext } from '../src/runner/context.ts';
import { type FixFunctions, functionEntry } from '../src/runner/function.ts';
import { withChanges } from '../src/runner/lazy-fix.ts';
import { isRefusal, refuse } from '../src/runner/refusal.ts';
import { type RepairFixName, rulesOf } from '../src/sharing/rules.ts';
import { oneLine } from '../src/text/one-line.ts';
import { cacheClear } from './cache-clear.ts';
import { createFunctionFixes } from './function-fixes.ts';
import { kubeLogin } from './kube-login.ts';
import { ownFix } from './own.ts';
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
  /** The fixes as the configuration file has them, without the defaults. */
  readonly written?: ConfigInput['fixes'];
}

/** The fixes that this configuration makes available. */
export interface FixCatalogue {
  /** Finds the fix of this name for a failed call, ready to run, or the reason why there is none. */
  select(name: FixName, call: FixCall): Fix | Refusal;
  /** Whether the fix has a `tools:` list other than `*` that names this tool. */
  isBound(name: FixName, tool: string): boolean;
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

/** The tools that each built-in fix is bound to: by the globs of its entries, or of its function, other than `*`. */
const bindingsOf = (
  fixes: Config['fixes'],
  functions: FixFunctions,
): Partial<Record<FixName, (tool: string) => boolean>> =>
  Object.fromEntries(
    fixNames.map((name) => {
      const given = functions[name];
      const own = given === undefined ? [] : (functionEntry(given).tools ?? []);
      return [name, bindingTest([...entriesOfFix(fixes, name).map(({ tools }) => tools), own])];
    }),
  );

/** Lists the configured value of a fix that may be switched off. */
const listOf = <Entry>(configured: Entry | false): readonly Entry[] => (configured === false ? [] : [configured]);

/** Builds the catalogue of a configuration. */
export const createFixCatalogue = (options: FixCatalogueOptions): FixCatalogue => {
  const { config, functions = {}, written, ...context } = options;
  const { fixes } = config;
  const configured = new Map<FixName, Candidate[]>([
    ['kube_login', candidates(fixes.kube_login ?? [], repairFix('kube_login', kubeLogin, context))],
    ['token_refresh', candidates(fixes.token_refresh ?? [], repairFix('token_refresh', tokenRefresh, context))],
    ['vpn_connect', candidates(fixes.vpn_connect ?? [], repairFix('vpn_connect', vpnConnect, context))],
    ['cache_clear', candidates(fixes.cache_clear ?? [], repairFix('cache_clear', cacheClear, context))],
    ['retry_backoff', candidates(listOf(fixes.retry_backoff), (entry, call) => retryBackoff(entry, call, context))],
    ['wait_retry', candidates(listOf(fixes.wait_retry), (entry, call) => waitRetry(entry, call, context))],
    ...ownEntries(fixes).map(([name, entries]): [FixName, Candidate[]] => [
      name,
      candidates(entries, repairFix(name, ownFix(name), context)),
    ]),
  ]);
  const fromConfig = (name: FixName, call: FixCall): Fix | Refusal => {
    const known = configured.get(name) ?? [];
    const found = known.find((candidate) => candidate.matches(call.tool));
    if (found !== undefined) return found.build(call);
    if (known.length > 0) {
      return refuse('FIX_NOT_CONFIGURED', `${name} is not configured for the tool ${call.tool}`);
    }
    const off = (name === 'retry_backoff' || name === 'wait_retry') && fixes[name] === false;
    return refuse('FIX_NOT_CONFIGURED', off ? `${name} is switched off` : `${name} is not configured`);
  };

  const bindings = bindingsOf(fixes, functions);
  const fromFunction = createFunctionFixes(functions, fixes, written, context);

  return {
    isBound: (name, tool) => bindings[name]?.(tool) ?? false,
    select: (name, call) => {
      const found = fromFunction.select(name, call) ?? fromConfig(name, call);
      return isRefusal(found) ? { code: found.code, reason: oneLine(context.redact(found.reason)) } : found;
    },
  };
};
