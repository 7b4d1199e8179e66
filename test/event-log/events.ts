import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  createEventLog,
  type DamagedRange,
  type EventLogOptions,
  type HealingEvent,
  readEvents,
} from '../../src/event-log/index.ts';
import { signatureOf } from '../../src/learning/signature.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** A new empty folder that is removed after the test. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'healflow-memory-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

export const liveLog = (memoryDir: string): string => join(memoryDir, 'learned/tool_fixes.yaml');

/** A log in a folder, with the warnings that it gave. */
export const openLog = (memoryDir: string, options: Partial<EventLogOptions> = {}) => {
  const warnings: string[] = [];
  const clock = new FakeClock();
  const log = createEventLog({
    memoryDir,
    clock,
    redact: (text) => text,
    warn: (message) => warnings.push(message),
    ...options,
  });
  return { log, warnings, clock };
};

/** An event as healflow writes it. */
export const anEvent = (fields: Partial<HealingEvent> = {}): HealingEvent => ({
  timestamp: '2026-02-04T10:30:00.000Z',
  tool: 'k8s_get_pods',
  error: 'Unauthorized',
  fix_applied: 'kube_login',
  result: 'success',
  retry_count: 1,
  run_id: '00112233445566ff',
  class: 'auth',
  pattern: 'http.401',
  sig: signatureOf(fields.error ?? 'Unauthorized').id,
  outcome: 'healed',
  attempts: 2,
  duration_ms: 1234,
  fixes: [{ fix: 'kube_login', status: 'succeeded', ms: 900 }],
  pid: 4711,
  kind: 'read-only',
  ...fields,
});

/** Everything that is read from a folder. */
export const readAll = async (memoryDir: string): Promise<{ events: HealingEvent[]; damage: DamagedRange[] }> => {
  const damage: DamagedRange[] = [];
  const events: HealingEvent[] = [];
  for await (const event of readEvents(memoryDir, { onDamage: (piece) => damage.push(piece) })) events.push(event);
  return { events, damage };
};
