import type { DamagedRange } from '../../src/event-log/index.ts';
import type { LearningRecord, Noted, Recovered, Repaired, Trial } from '../../src/learning/model.ts';
import { readRepairs } from '../../src/learning/read-repairs.ts';
import { createRepairLog, type RepairLogOptions } from '../../src/learning/repair-log.ts';

const common = { timestamp: '2026-02-04T10:30:04.100Z', tool: 'k8s_get_pods', sig: '0123456789abcdef', args: null };

export const aRepair = (fields: Partial<Repaired> = {}): Repaired => ({
  ...{ kind: 'repaired', ...common, action: { run: ['systemctl', 'restart', 'tunnel'] }, checked: 'call' },
  ...{ before: 'failed', after: 'succeeded', window_ms: 4_100 },
  ...fields,
});

export const aRecovery = (fields: Partial<Recovered> = {}): Recovered => ({
  ...{ kind: 'recovered', ...common, window_ms: 60_000, between: [] },
  ...fields,
});

export const aTrial = (fields: Partial<Trial> = {}): Trial => ({
  ...{
    kind: 'trial',
    ...common,
    lesson: 'tunnel',
    mode: 'shadow',
    after: 'unknown',
    needless: true,
    window_ms: 20_000,
  },
  ...fields,
});

export const aNote = (fields: Partial<Noted> = {}): Noted => ({
  ...{ kind: 'noted', ...common, note: 'it began with the new firewall' },
  ...fields,
});

/** The log of repairs of a folder, with the warnings that it gave. */
export const openRepairs = (memoryDir: string, options: Partial<RepairLogOptions> = {}) => {
  const warnings: string[] = [];
  const log = createRepairLog({
    memoryDir,
    redact: (text) => text,
    warn: (message) => warnings.push(message),
    ...options,
  });
  return { log, warnings };
};

/** Everything that is read from a folder. */
export const readAllRepairs = async (memoryDir: string) => {
  const damage: DamagedRange[] = [];
  const records: LearningRecord[] = [];
  for await (const record of readRepairs(memoryDir, { onDamage: (piece) => damage.push(piece) })) records.push(record);
  return { records, damage };
};
