import type { LoadedConfig } from '../../config/load.ts';
import type { Redactor } from '../../redact/index.ts';

/** What the tools for agents work with. */
export interface AgentContext {
  readonly loaded: LoadedConfig;
  readonly memoryDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly redact: Redactor;
  /** The wall clock, in ms since the epoch. */
  readonly now: () => number;
}
