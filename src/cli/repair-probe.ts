import { entriesOfFix } from '../config/fix-entries.ts';
import { probeSchema } from '../config/fix-schema.ts';
import type { LoadedConfig } from '../config/load.ts';
import { createDiagnoser, outputOf } from '../diagnosis/index.ts';
import { HealError } from '../errors.ts';
import { bindingTest, mayHideOutage, orderFixes } from '../policy/fix-order.ts';
import { anyGlobTest } from '../policy/glob.ts';
import type { Redactor } from '../redact/index.ts';
import type { ProbeEntry } from '../runner/probe.ts';

const help =
  'expected tcp:HOST:PORT, a URL, a command of plain words, or one as a JSON list, as in \'["nc","-z","vpn","443"]\'';

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
  const command = /^(?:tcp:|https?:\/\/)/.test(text) ? undefined : commandOf(text);
  const entry = text.startsWith('tcp:') ? { tcp: text.slice(4) } : /^https?:/.test(text) ? { http: text } : { command };
  const parsed = probeSchema.safeParse(entry);
  if (parsed.success) return parsed.data;
  throw new HealError('CONFIG_INVALID', `--probe ${JSON.stringify(text)} is no probe: ${help}`);
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
