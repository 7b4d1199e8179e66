import { dirname } from 'node:path';
import { createRedactor } from '../redact/index.ts';
import { isRecord } from '../text/is-record.ts';
import { configPaths } from './config-file-names.ts';
import type { LoadedConfig } from './load.ts';
import { resolvePaths } from './paths.ts';
import { readText } from './read.ts';
import { configSchema, toolSchema } from './schema.ts';
import { YamlSource } from './yaml-source.ts';

/** What is left of a configuration file that is invalid: the settings that protect, if they are valid by themselves. */
export interface SalvagedConfig {
  readonly loaded: LoadedConfig;
  /** Whether the settings for clients over HTTP, which may require a token, are those of the file. */
  readonly knowsHttp: boolean;
  /** Whether the tools that the file hides are known. */
  readonly knowsHidden: boolean;
}

/** The file that was to be read, and its text; null if it cannot be read. */
const find = async (configFile: string | undefined, cwd: string): Promise<{ file: string; text: string | null }> => {
  const files = configPaths(configFile, cwd);
  for (const file of files) {
    const read = await readText(file);
    if ('text' in read) return { file, text: read.text };
    if (!read.missing) return { file, text: null };
  }
  return { file: files[0] ?? cwd, text: null };
};

/** The rules of tools that are valid, in their order. */
const validTools = (tools: unknown): Record<string, unknown> =>
  isRecord(tools)
    ? Object.fromEntries(Object.entries(tools).filter(([, rules]) => toolSchema.safeParse(rules).success))
    : {};

/** Only the rule that a tool is hidden, without what else its rules say. */
const isHiding = (rules: unknown): boolean => rules === 'hidden' || (isRecord(rules) && rules.hidden === true);

/**
 * Reads what protects from a configuration file that is invalid: hidden tools, the settings of the proxy, and the names of
 * secrets. Everything else is as by default. Never rejects.
 */
export const salvageConfig = async (configFile: string | undefined, cwd: string): Promise<SalvagedConfig> => {
  const { file, text } = await find(configFile, cwd);
  const source = text === null ? undefined : new YamlSource(file, text, createRedactor());
  const value = isRecord(source?.value) ? source.value : {};
  const isParsed = source !== undefined && source.errors.length === 0;
  const tools = validTools(value.tools);
  const { proxy, secretEnv } = configSchema.shape;
  const picked = {
    tools,
    ...(value.proxy !== undefined && proxy.safeParse(value.proxy).success && { proxy: value.proxy }),
    ...(secretEnv.safeParse(value.secretEnv).success && { secretEnv: value.secretEnv }),
  };
  const baseDir = dirname(file);
  const hiding = Object.entries(isRecord(value.tools) ? value.tools : {}).filter(([, rules]) => isHiding(rules));
  return {
    loaded: { config: resolvePaths(configSchema.parse(picked), baseDir), file, baseDir },
    knowsHttp: text !== null && (isParsed ? value.proxy === undefined || 'proxy' in picked : !/tokenEnv/.test(text)),
    knowsHidden:
      text !== null && (isParsed ? hiding.every(([glob]) => Object.hasOwn(tools, glob)) : !/hidden/.test(text)),
  };
};
