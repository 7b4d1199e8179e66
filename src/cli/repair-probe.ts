import { entriesOfFix } from '../config/fix-entries.ts';
import { probeSchema } from '../config/fix-schema.ts';
import type { LoadedConfig } from '../config/load.ts';
import { createDiagnoser, outputOf } from '../diagnosis/index.ts';
import { HealError } from '../errors.ts';
import { bindingTest, mayHideOutage, orderFixes } from '../policy/fix-order.ts';
import { anyGlobTest } from '../policy/glob.ts';
import type { Redactor } from '../redact/index.ts';
import type { ProbeEntry } from '../runner/probe.ts';
import { programFault } from './doctor/programs.ts';
import type { Io } from './io.ts';

const forms =
  'use tcp:HOST:PORT, a URL, a command of plain words, or one as a JSON list, as in \'["nc","-z","vpn","443"]\'';

const maxPort = 65_535;

/** Whether it can be meant as `host:port`: the configuration is less strict. */
const isAddress = (text: string): boolean => {
  const port = Number(/^(?:[^\s/:]+|\[[\da-fA-F:.]+\]):(\d+)$/.exec(text)?.[1] ?? 0);
  return port > 0 && port <= maxPort;
};

const commandOf = (text: string): readonly string[] | undefined => {
  if (!text.startsWith('[')) return /["'`$\\|&;<>()*?]/.test(text) ? undefined : text.split(/\s+/).filter(Boolean);
  try {
    return JSON.parse(text) as readonly string[];
  } catch {
    return undefined;
  }
};

/**
 * Reads the option `--probe`. No shell is involved.
 *
 * @throws HealError `CONFIG_INVALID` if it is none.
 */
export const parseProbe = (text: string): ProbeEntry => {
  const isUrl = /^(?:https?:|\w+:\/\/)/i.test(text);
  const entry = text.startsWith('tcp:')
    ? { tcp: text.slice(4) }
    : isUrl
      ? { http: text }
      : { command: commandOf(text) };
  const parsed = probeSchema.safeParse(entry);
  const isKnown = !('tcp' in entry && !isAddress(entry.tcp)) && !(isUrl && !/^https?:\/\//i.test(text));
  if (parsed.success && isKnown) return parsed.data;
  throw new HealError('CONFIG_INVALID', `--probe ${JSON.stringify(text)} is not a probe: ${forms}`);
};

/**
 * Checks that a probe can be run: one that cannot would say that every repair has failed. Runs nothing.
 *
 * @throws HealError `CONFIG_INVALID` if its command cannot be started.
 */
export const checkProbe = (
  entry: ProbeEntry,
  given: string | undefined,
  { cwd, env }: Pick<Io, 'cwd' | 'env'>,
): void => {
  if (!('command' in entry)) return;
  const fault = programFault(entry.command[0] ?? '', cwd, { env, platform: process.platform });
  if (fault === null) return;
  const [name, advice] = given === undefined ? ['the configured probe', fault.advice] : [`--probe ${given}`, forms];
  throw new HealError('CONFIG_INVALID', `${name}: ${fault.problem}; ${advice}`);
};

/** The probe of the fix that the configuration has for a failure; undefined if there is none. */
export const configuredProbe = (
  { config }: LoadedConfig,
  redact: Redactor,
  { tool, line }: { readonly tool: string; readonly line: string },
): ProbeEntry | undefined => {
  const diagnosis = createDiagnoser({ redact, patterns: config.patterns }).diagnose(outputOf(tool, 'isError', line));
  const isBound = (name: Parameters<typeof entriesOfFix>[1]): boolean =>
    bindingTest(entriesOfFix(config.fixes, name).map(({ tools }) => tools))(tool);
  const ordered = orderFixes(diagnosis, isBound);
  for (const name of mayHideOutage(diagnosis) ? (['vpn_connect', ...ordered] as const) : ordered) {
    for (const entry of entriesOfFix(config.fixes, name)) {
      if (anyGlobTest(entry.tools)(tool) && 'probe' in entry && entry.probe !== undefined) return entry.probe;
    }
  }
  return undefined;
};
