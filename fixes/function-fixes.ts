import { common } from '../src/config/defaults.ts';
import { entriesOfFix, type FixEntry } from '../src/config/fix-entries.ts';
import type { Config, ConfigInput } from '../src/config/schema.ts';
import type { Fix, FixRequest } from '../src/model/fix.ts';
import type { Refusal } from '../src/model/refusal.ts';
import { type BuiltInFixName, type FixName, fixNames } from '../src/model/terms.ts';
import { isDelayFix } from '../src/policy/delay-fixes.ts';
import { anyGlobTest } from '../src/policy/glob.ts';
import { commandFix } from '../src/runner/command-fix.ts';
import type { FixCall, FixContext } from '../src/runner/context.ts';
import { makeFix } from '../src/runner/fix.ts';
import {
  callFunction,
  type FixFunctions,
  type FunctionEntry,
  functionEntry,
  functionProbe,
} from '../src/runner/function.ts';
import type { Probe } from '../src/runner/probe.ts';
import { refuse } from '../src/runner/refusal.ts';
import { rulesOfFunction } from '../src/sharing/rules.ts';
import { clusterOf } from './kube-login.ts';

/** What the configuration says for a fix by itself, without the defaults. */
type Written = Partial<Pick<FunctionEntry, 'timeoutMs' | 'settleMs' | 'mode' | 'cooldownMs'>> & {
  readonly target?: string | undefined;
  readonly budget?: Partial<NonNullable<FunctionEntry['budget']>> | undefined;
};

const writtenEntries = (written: ConfigInput['fixes'], name: BuiltInFixName): readonly Written[] =>
  [written?.[name] || []].flat() as Written[];

/** The fixes of a program that are functions, under the rules that the configuration has for them. */
export interface FunctionFixes {
  /** Finds the function for a call; undefined if the program has none for its tool. */
  select(name: FixName, call: FixCall): Fix | Refusal | undefined;
}

/** A function under the rules of one entry of the configuration, or of none. */
interface Candidate {
  readonly matches: (tool: string) => boolean;
  readonly build: (call: FixCall) => Fix | Refusal;
}

/** The target of a fix for a call: what the configuration says, else the function; for one of its clusters, that one. */
const targetOf = (
  { tool, args }: FixCall,
  given: FunctionEntry['target'],
  {
    entry,
    written,
    index,
  }: { readonly entry: FixEntry | undefined; readonly written: Written; readonly index: number },
): string | Refusal => {
  const cluster = entry !== undefined && 'clusters' in entry ? clusterOf(entry, args) : undefined;
  if (typeof cluster === 'object') return cluster;
  const own = written.target ?? (typeof given === 'function' ? given({ tool, args: args ?? {} }) : given);
  if (cluster !== undefined) return own === undefined ? cluster : `${own}/${cluster}`;
  return own ?? (index === 0 ? 'default' : `default-${index + 1}`);
};

const probeOf = (
  name: BuiltInFixName,
  given: FunctionEntry,
  entry: FixEntry | undefined,
  target: string,
  { tool }: FixCall,
  context: FixContext,
): Probe | undefined => {
  if (entry !== undefined && 'probe' in entry && entry.probe !== undefined) {
    return commandFix(entry, { name, target, tool }, context).probe;
  }
  return given.probe && functionProbe(given.probe);
};

/**
 * Makes the fixes that are functions. What the configuration says for a fix holds for its function too: it decides about
 * mode, limits, target and probe, and the tools of both must match. What it does not say, the function decides.
 *
 * @param written The configuration as it was written, without the defaults.
 */
export const createFunctionFixes = (
  functions: FixFunctions,
  fixes: Config['fixes'],
  written: ConfigInput['fixes'],
  context: FixContext,
): FunctionFixes => {
  const candidate = (
    name: BuiltInFixName,
    given: FunctionEntry,
    entry: FixEntry | undefined,
    index: number,
  ): Candidate => {
    const own = writtenEntries(written, name)[index] ?? {};
    const timeoutMs = own.timeoutMs ?? given.timeoutMs ?? common.timeoutMs;
    const rules = isDelayFix(name)
      ? undefined
      : rulesOfFunction(name, {
          ...given,
          mode: own.mode ?? given.mode,
          cooldownMs: own.cooldownMs ?? given.cooldownMs,
          budget: { ...given.budget, ...own.budget },
          timeoutMs,
        });
    const spec = {
      name,
      description: 'calls a function of the program',
      timeoutMs,
      settleMs: own.settleMs ?? given.settleMs ?? common.settleMs,
      rules,
      pollMs: entry !== undefined && 'pollMs' in entry && entry.probe !== undefined ? entry.pollMs : undefined,
      work: (request: FixRequest) => callFunction(given.run, request),
    };
    return {
      matches: anyGlobTest(entry?.tools ?? common.tools),
      build: (call) => {
        const target = targetOf(call, given.target, { entry, written: own, index });
        if (typeof target !== 'string') return target;
        return makeFix({ ...spec, target, probe: probeOf(name, given, entry, target, call, context) }, context);
      },
    };
  };

  const prepare = (name: BuiltInFixName): ((call: FixCall) => Fix | Refusal | undefined) => {
    const found = functions[name];
    if (found === undefined) return () => undefined;
    const given = functionEntry(found);
    const serves = anyGlobTest(given.tools ?? common.tools);
    const configured = entriesOfFix(fixes, name);
    const candidates =
      configured.length === 0
        ? [candidate(name, given, undefined, 0)]
        : configured.map((entry, index) => candidate(name, given, entry, index));
    return (call) => {
      if (!serves(call.tool) || fixes[name] === false) return undefined;
      const matching = candidates.find(({ matches }) => matches(call.tool));
      return matching === undefined
        ? refuse('FIX_NOT_CONFIGURED', `${name} is not configured for the tool ${call.tool}`)
        : matching.build(call);
    };
  };

  const isBuiltIn = (name: FixName): name is BuiltInFixName => fixNames.some((one) => one === name);
  const prepared = new Map<BuiltInFixName, ReturnType<typeof prepare>>();
  return {
    select: (name, call) => {
      if (!isBuiltIn(name)) return undefined;
      let find = prepared.get(name);
      if (find === undefined) {
        find = prepare(name);
        prepared.set(name, find);
      }
      return find(call);
    },
  };
};
