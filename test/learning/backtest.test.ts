import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDiagnoser, outputOf } from '../../src/diagnosis/index.ts';
import type { HealingEvent } from '../../src/event-log/index.ts';
import { type BacktestOptions, backtest, type TestedPattern } from '../../src/learning/backtest.ts';
import { healthySamples } from '../../src/learning/healthy-samples.ts';
import { readSamples } from '../../src/learning/read-samples.ts';
import { signatureOf } from '../../src/learning/signature.ts';
import { anEvent, openLog, temporaryFolder } from '../event-log/events.ts';

const unreachable = 'dial tcp 10.0.0.7:443: connect: network is unreachable';

const memory = (...events: readonly Partial<HealingEvent>[]): string => {
  const memoryDir = join(temporaryFolder(), 'memory');
  const { log } = openLog(memoryDir);
  for (const event of events) log.append(anEvent({ error: unreachable, class: 'network', ...event }));
  log.close();
  return memoryDir;
};

const aPattern = (fields: Partial<TestedPattern> = {}): TestedPattern => ({
  id: 'office',
  text: ['connect: network is unreachable'],
  tools: ['*'],
  examples: [unreachable],
  counterexamples: [],
  ...fields,
});

const tested = async (pattern: TestedPattern, options: Partial<BacktestOptions> = {}) => {
  const [result] = await backtest({ memoryDir: temporaryFolder(), patterns: [pattern], ...options });
  if (result === undefined) throw new Error('there is no result');
  return result;
};

describe('backtest', () => {
  it('counts the failures of the log that the pattern matches, by signature and by what recognised them', async () => {
    const memoryDir = memory(
      { pattern: 'network.unreachable' },
      { pattern: 'network.unreachable', tool: 'other' },
      { pattern: 'network.dial', error: 'lookup x: connect: network is unreachable' },
      { error: 'Unauthorized', pattern: 'http.401', class: 'auth' },
      { error: null },
    );
    expect(await tested(aPattern(), { memoryDir })).toMatchObject({
      log: { of: 4, matched: 3, own: 2 },
      signatures: [{ id: signatureOf(unreachable).id, seen: 2 }, { seen: 1 }],
      taken: { 'network.unreachable': 2, 'network.dial': 1 },
      falseMatches: [],
    });
    expect(await tested(aPattern({ tools: ['other'] }), { memoryDir })).toMatchObject({ log: { of: 4, matched: 1 } });
  });

  it('finds a match on a text without a failure, shipped or given', async () => {
    const { falseMatches } = await tested(aPattern({ text: ['restart'] }));
    expect(falseMatches.some(({ kind, text }) => kind === 'healthy' && text.includes('systemctl'))).toBe(true);
    const healthy = [{ text: 'the page says: network is unreachable', source: 'mine' }];
    expect(await tested(aPattern({ text: ['network is unreachable'] }), { healthy })).toMatchObject({
      falseMatches: [{ kind: 'healthy', source: 'mine' }],
    });
  });

  it('finds an example that does not match and a counterexample that does', async () => {
    const pattern = aPattern({ examples: ['no such thing'], counterexamples: [unreachable] });
    expect((await tested(pattern)).falseMatches.map(({ kind }) => kind)).toEqual(['example', 'counterexample']);
  });

  it.each([
    { class: 'usage', pattern: 'usage.arguments' },
    { class: 'auth', pattern: 'http.403' },
    { class: 'auth', pattern: 'auth.policy' },
  ] as const)('finds a match on a failure that no fix can repair: $pattern', async (event) => {
    const { falseMatches } = await tested(aPattern(), { memoryDir: memory(event) });
    expect(falseMatches.map(({ kind }) => kind)).toEqual(['unfixable']);
  });

  it('counts all false matches, and lists some', async () => {
    const healthy = Array.from({ length: 70 }, () => ({ text: unreachable, source: 'mine' }));
    const { falseMatches, falseCount } = await tested(aPattern(), { healthy });
    expect([falseMatches.length, falseCount]).toEqual([50, 70]);
  });

  it('rejects an expression that RE2 does not have', async () => {
    await expect(tested(aPattern({ text: ['(?=a)b'] }))).rejects.toThrow();
  });
});

describe('the shipped samples', () => {
  const diagnoser = createDiagnoser({ redact: (text) => text });

  it.each(healthySamples)('are no failures: %j', (sample) => {
    expect(diagnoser.diagnose(outputOf('tool', 'result', sample)).failure).toBe(false);
  });
});

describe('readSamples', () => {
  it('reads texts, and JSON Lines of texts or of objects with a text', async () => {
    const file = join(temporaryFolder(), 'healthy.jsonl');
    writeFileSync(file, '{"text":"a\\nb","id":1}\n\n"c"\nplain {text\n{"id":2}\n');
    const texts: string[] = [];
    for await (const { text } of readSamples(file)) texts.push(text);
    expect(texts).toEqual(['a\nb', 'c', 'plain {text', '{"id":2}']);
  });
});
