import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { HealingEvent } from '../../src/event-log/index.ts';
import { fixNames, toolKinds } from '../../src/model/terms.ts';
import { anEvent, liveLog, openLog, readAll, temporaryFolder } from './events.ts';

fc.configureGlobal({ seed: 20_260_204 });

/** Any text: lone surrogates, controls, line separators, YAML and what looks like records of ours. */
const text = (maxLength: number) =>
  fc.oneof(
    fc.string({ unit: 'binary', maxLength }),
    fc.string({ unit: 'grapheme', maxLength }),
    fc
      .array(
        fc.constantFrom(
          '\n',
          '\r\n',
          'healing_events:',
          '  - timestamp: "2026-02-04T10:30:00.000Z"',
          '    tool: "x"',
          '"',
          "'",
          '\\',
          '\\"',
          '\u2028',
          '\u0085',
          '\u007f',
          '\ufeff',
          '\ud800',
          '\udc00',
          '\u001b[31m',
          '---',
          '# ',
          ': ',
          '😀',
          '\0',
        ),
        { maxLength: Math.floor(maxLength / 45) },
      )
      .map((parts) => parts.join('')),
  );

const events: fc.Arbitrary<HealingEvent> = fc.record(
  {
    timestamp: fc
      .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    tool: text(40),
    error: fc.option(text(130)),
    fix_applied: fc.option(fc.constantFrom(...fixNames)),
    result: fc.constantFrom('success', 'failure', 'unknown'),
    retry_count: fc.nat({ max: 20 }),
    run_id: fc.stringMatching(/^[0-9a-f]{16}$/),
    class: fc.option(fc.constantFrom('auth', 'network', 'rate')),
    pattern: fc.option(text(20)),
    outcome: fc.constantFrom('succeeded', 'healed', 'failed', 'unknown'),
    attempts: fc.nat({ max: 21 }),
    duration_ms: fc.maxSafeNat(),
    fixes: fc.array(
      fc.record(
        { fix: fc.constantFrom(...fixNames), status: fc.constant('failed' as const), ms: fc.nat(), reason: text(20) },
        { requiredKeys: ['fix', 'status', 'ms'] },
      ),
      { maxLength: 3 },
    ),
    refusal: text(20),
    refusal_reason: text(50),
    pid: fc.nat(),
    kind: fc.constantFrom(...toolKinds),
  },
  { requiredKeys: ['timestamp', 'tool', 'error', 'fix_applied', 'result', 'retry_count', 'run_id', 'kind'] },
);

/** What is no text in YAML becomes U+FFFD: halves of characters, in whatever field. */
const wellFormed = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value), (_, member) =>
    typeof member === 'string' ? Buffer.from(member).toString() : member,
  );

describe('an event', () => {
  it('comes back as it was, but for halves of characters, through any YAML parser and through the reader', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(events, { minLength: 1, maxLength: 4 }), async (written) => {
        const memoryDir = temporaryFolder();
        const { log, warnings } = openLog(memoryDir);
        for (const event of written) expect(log.append(event)).toBe(true);
        const file = readFileSync(liveLog(memoryDir), 'utf8');
        expect(parse(file)).toEqual({ healing_events: wellFormed(written) });
        expect(await readAll(memoryDir)).toEqual({ events: wellFormed(written), damage: [] });
        expect(warnings).toEqual([]);
      }),
      { numRuns: 300, seed: 20260204 },
    );
  });

  it('is written as the documentation shows it', () => {
    const memoryDir = temporaryFolder();
    openLog(memoryDir).log.append(anEvent());
    expect(readFileSync(liveLog(memoryDir), 'utf8')).toBe(`healing_events:
  - timestamp: "2026-02-04T10:30:00.000Z"
    tool: "k8s_get_pods"
    error: "Unauthorized"
    fix_applied: "kube_login"
    result: "success"
    retry_count: 1
    run_id: "00112233445566ff"
    class: "auth"
    pattern: "http.401"
    sig: "d089c8a9fc28e4e5"
    outcome: "healed"
    attempts: 2
    duration_ms: 1234
    fixes: [{"fix":"kube_login","status":"succeeded","ms":900}]
    pid: 4711
    kind: "read-only"
`);
  });

  it('has the six documented fields first, whatever order it was given in', () => {
    const memoryDir = temporaryFolder();
    const backwards = Object.fromEntries(Object.entries(anEvent()).reverse()) as unknown as HealingEvent;
    openLog(memoryDir).log.append(backwards);
    const [first] = parse(readFileSync(liveLog(memoryDir), 'utf8')).healing_events;
    expect(Object.keys(first).slice(0, 6)).toEqual([
      'timestamp',
      'tool',
      'error',
      'fix_applied',
      'result',
      'retry_count',
    ]);
  });
});

describe('an over-long event', () => {
  const hostile = [
    '$(rm -rf "$HOME"); `reboot` && kill -9 1',
    '\u001b[2J\u001b]0;owned\u0007\u009b31m',
    '---\nhealing_events:\n  - tool: fake\n...\n',
    'healing_events:\n  - timestamp: "2026-02-04T10:30:00.000Z"\n    tool: "fake"\n    error: null\n',
    `${'x'.repeat(10 * 1024 * 1024)}`,
    '😀'.repeat(5_000),
    '"\\'.repeat(5_000),
    '\u2028'.repeat(5_000),
  ];

  it.each(hostile.map((value) => [JSON.stringify(value.slice(0, 40)), value]))(
    'takes at most 4096 bytes and keeps the six documented fields: %s',
    async (_, value) => {
      const memoryDir = temporaryFolder();
      const { log } = openLog(memoryDir);
      const event = anEvent({
        tool: value,
        error: value,
        fix_applied: value,
        pattern: value,
        refusal: value,
        refusal_reason: value,
        fixes: Array.from({ length: 60 }, () => ({ fix: 'vpn_connect', status: 'failed', ms: 5, reason: value })),
      });
      expect(log.append(event)).toBe(true);
      expect(log.append(anEvent())).toBe(true);
      const file = readFileSync(liveLog(memoryDir));
      const header = 'healing_events:\n'.length;
      const record = file.subarray(header, file.lastIndexOf('  - timestamp: "'));
      expect(record.length).toBeLessThanOrEqual(4096);
      expect(file.includes(0x1b)).toBe(false);

      const { events, damage } = await readAll(memoryDir);
      expect(damage).toEqual([]);
      expect(events).toHaveLength(2);
      expect(events[1]).toEqual(anEvent());
      expect(parse(file.toString()).healing_events).toEqual(events);
      const [{ tool, error, fix_applied }] = events as [HealingEvent];
      for (const kept of [tool, error, fix_applied]) {
        const whole = kept === value;
        expect(whole || (kept?.endsWith('…') === true && value.startsWith(kept.slice(0, -1)))).toBe(true);
      }
    },
  );

  it('loses its least important fields first, never its end', async () => {
    const memoryDir = temporaryFolder();
    const long = 'y'.repeat(5_000);
    openLog(memoryDir).log.append(
      anEvent({ tool: long, error: long, pattern: long, refusal: long, refusal_reason: long, fix_applied: long }),
    );
    const [event] = (await readAll(memoryDir)).events;
    expect(event).toMatchObject({ run_id: '00112233445566ff', kind: 'read-only', outcome: 'healed', class: 'auth' });
    expect(event?.fixes).toHaveLength(1);
  });

  it('is cut between two characters, not within one', async () => {
    const memoryDir = temporaryFolder();
    openLog(memoryDir).log.append(anEvent({ error: '😀'.repeat(1_000) }));
    const [event] = (await readAll(memoryDir)).events;
    expect(event?.error).toMatch(/^(😀)+…$/u);
  });
});
