import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CountedEvent } from '../../src/event-log/counted-record.ts';
import { encodeEvent } from '../../src/event-log/encode-record.ts';
import type { Damage, HealingEvent } from '../../src/event-log/index.ts';
import { readCountedBatches } from '../../src/event-log/read.ts';
import { instantOf } from '../../src/event-log/timestamp.ts';
import { anEvent, liveLog, readAll, temporaryFolder } from './events.ts';

const encode = (fields: Partial<HealingEvent>): string => encodeEvent(anEvent(fields), (text) => text);

const counted = (event: CountedEvent) => ({
  timestamp: event.timestamp,
  tool: event.tool,
  hasError: event.error !== null,
  fix_applied: event.fix_applied,
  result: event.result,
  retry_count: event.retry_count,
  class: event.class,
  outcome: event.outcome,
  duration_ms: event.duration_ms,
  fixes: event.fixes?.map((fix) => ({ fix: fix?.fix, status: fix?.status, shared: fix?.shared === true })),
  refusal: event.refusal,
});

/** Reads a log in both ways, and expects the same events and the same damage. */
const expectSame = async (content: string | Buffer): Promise<number> => {
  const memoryDir = temporaryFolder();
  mkdirSync(dirname(liveLog(memoryDir)));
  writeFileSync(liveLog(memoryDir), content);
  const whole = await readAll(memoryDir);
  const quick: CountedEvent[] = [];
  const damage: Damage[] = [];
  const onDamage = (piece: Damage) => damage.push(piece);
  for await (const batch of readCountedBatches(memoryDir, { onDamage })) quick.push(...batch);
  expect(quick.map(counted)).toEqual(whole.events.map(counted));
  expect(damage).toEqual(whole.damage);
  return quick.length;
};

const header = 'healing_events:\n';
const fixes = [
  { fix: 'vpn_connect', status: 'failed', ms: 12, reason: 'exit code 1: "no route"' },
  { fix: 'kube_login', status: 'succeeded', ms: 900, shared: true },
] as const;
const kinds: readonly Partial<HealingEvent>[] = [
  {},
  { fixes },
  { fixes: [], fix_applied: null, error: null, class: null, pattern: null, outcome: 'succeeded', retry_count: 0 },
  { result: 'failure', outcome: 'failed', refusal: 'FIX_FAILED', refusal_reason: 'the fix "x" failed\\' },
  { tool: 'ünï "quoted" \\ 漢', error: '\u0000\u001b[2J\u2028 é', timestamp: '2026-02-30T23:59:59.999Z' },
  { duration_ms: 12.5, timestamp: 'yesterday', tool: '' },
];

describe('what is counted of an event', () => {
  it('is the same as in the whole event, whatever it holds', async () => {
    expect(await expectSame(header + kinds.map(encode).join(''))).toBe(kinds.length);
  });

  it('is the same where a record was cut anywhere', async () => {
    const record = Buffer.from(encode({ ...kinds[3], fixes }));
    for (let cut = 1; cut < record.length; cut += 1) {
      const parts = [header, encode({}), record.subarray(0, cut), encode({ tool: 'after' })];
      await expectSame(Buffer.concat(parts.map((part) => Buffer.from(part))));
    }
  });

  it('is the same where one byte was overwritten', async () => {
    const text = Buffer.from(header + encode({}) + encode({ ...kinds[3], fixes, duration_ms: 100 }) + encode({}));
    const begin = header.length + encode({}).length;
    for (const byte of [0x0a, 0x20, 0x22, 0x5c, 0xc3]) {
      for (let at = begin + (byte % 5); at < text.length; at += 5) {
        const changed = Buffer.from(text);
        changed[at] = byte;
        await expectSame(changed);
      }
    }
  });

  it('is the same whatever else is in the file', async () => {
    const pieces = fc.constantFrom(
      ...kinds.map(encode),
      ...encode({ fixes }).split(/(?<=[\n":,])/),
      header,
      encode({}).replaceAll('\n', '\r\n'),
      encode({ kind: undefined as never }),
      '  - {timestamp: a, tool: b, error: null, fix_applied: null, result: success, retry_count: 0}\n',
      '- tool: mine\n  timestamp: 2026-02-04T10:30:00Z\n  error: ~\n  fix_applied: ~\n  result: failure\n  retry_count: 0\n',
      '    more: "x"\n',
      '    class: 1\n',
      '# note\n',
      '\ufeff',
      '\n',
      '\0',
      '"',
      'x'.repeat(70_000),
      '  - torn\n',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 30 }), async (parts) => {
        await expectSame(parts.join(''));
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('is the same across the chunks in which a file is read', async () => {
    const records = Array.from({ length: 3_000 }, (_, number) =>
      encode({ ...kinds[number % kinds.length], error: 'é'.repeat(number % 90), duration_ms: number }),
    );
    const strange = ['x'.repeat(600_000), '\n  - torn\n', encode({}).slice(0, 300), '# a note\n'];
    const parts = records.flatMap((record, at) => (at % 700 === 0 ? [record, strange[at / 700] ?? ''] : [record]));
    expect(await expectSame(header + parts.join(''))).toBeGreaterThan(2_990);
  });
});

describe('the instant of a timestamp', () => {
  it('is what Date.parse makes of it', () => {
    const part = (digits: number) =>
      fc.integer({ min: 0, max: 10 ** digits - 1 }).map((n) => `${n}`.padStart(digits, '0'));
    const anything = fc
      .tuple(part(4), part(2), part(2), fc.constantFrom('T', ' ', 't'), part(2), part(2), part(2), part(3))
      .map(
        ([year, month, day, between, hour, minute, second, ms]) =>
          `${year}-${month}-${day}${between}${hour}:${minute}:${second}.${ms}Z`,
      );
    const instants = fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
    const broken = fc
      .tuple(instants, fc.nat({ max: 23 }), fc.string({ minLength: 1, maxLength: 1 }))
      .map(([text, at, other]) => text.slice(0, at) + other + text.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(instants, anything, broken, fc.string()), (text) => {
        expect(instantOf(text)).toBe(Date.parse(text));
      }),
      { numRuns: 5_000, seed: 3 },
    );
  });
});
