import { describe, expect, it } from 'vitest';
import type { FleetLesson } from '../../src/fleet/fleet-lesson.ts';
import { trialShipment } from '../../src/fleet/trial-shipment.ts';
import { aRecovery } from '../learning/records.ts';

const lesson = (name: string, body: string): FleetLesson => ({
  ...{ name, version: 1, rung: 'auto', digest: 'a'.repeat(64), body, approvedBy: 'ada', approvedMs: 0 },
});
const bodyFor = (id: string): string => JSON.stringify({ pattern: { id }, fix: { use: 'vpn_connect' } });

const shipmentOf = (lessons: readonly FleetLesson[]) => {
  const sent: { readonly id: string; readonly lesson: string }[][] = [];
  const query = async (_: string, values: readonly unknown[]) => {
    sent.push(JSON.parse(String(values[1])));
    return { row: {} as never, aheadMs: 0 };
  };
  const parts = { memoryDir: '/memory', log: 'log', machine: 'm', database: { query }, lessons: () => lessons };
  return { shipment: trialShipment(parts), sent };
};

describe('the shipment of trials', () => {
  it('sends what became of a failure for each lesson of its signature, whatever other bodies are', () => {
    const { sig } = aRecovery();
    const { shipment } = shipmentOf([
      lesson('tunnel', bodyFor(sig)),
      lesson('broken', '{'),
      lesson('other', bodyFor('fedcba9876543210')),
      lesson('gateway', bodyFor(sig)),
    ]);
    const rows = shipment.rowsOf(aRecovery());
    expect(rows.map((row) => row.lesson)).toEqual(['tunnel', 'gateway']);
    expect(new Set(rows.map((row) => row.id)).size).toBe(2);
    expect(shipment.rowsOf(aRecovery()).map((row) => row.id)).toEqual(rows.map((row) => row.id));
    expect(shipment.rowsOf(aRecovery({ sig: '0000000000000000' }))).toEqual([]);
  });

  it('sends no more at once than the database adds', async () => {
    const { sig } = aRecovery();
    const lessons = Array.from({ length: 600 }, (_, index) => lesson(`lesson-${index}`, bodyFor(sig)));
    const { shipment, sent } = shipmentOf(lessons);
    const rows = shipment.rowsOf(aRecovery());
    const appended = await shipment.append({ revision: 1, rows, positions: [], unreadBytes: 0 });
    expect(appended).toMatchObject({ appended: true, revision: 2 });
    expect(sent.map((some) => some.length)).toEqual([500, 100]);
  });
});
