import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { createToolRules, effectiveKind } from '../../src/policy/tool-rules.ts';

const rulesOf = (config: object) => createToolRules(configSchema.parse(config));

describe('the rules of a tool', () => {
  it('without an entry are the defaults', () => {
    expect(rulesOf({})('any')).toEqual({
      kind: null,
      replay: 'safe',
      reports: null,
      onError: 'heal',
      isStrict: false,
      upstream: 'default',
    });
  });

  it('come from the first glob that matches', () => {
    const rules = rulesOf({
      tools: {
        'get_*': { kind: 'read-only', upstream: 'a' },
        '*': { kind: 'destructive', replay: 'never', reports: 'strict', upstream: 'b' },
      },
    });
    expect(rules('get_pods')).toMatchObject({ kind: 'read-only', replay: 'safe', reports: null, upstream: 'a' });
    expect(rules('drop')).toMatchObject({ kind: 'destructive', replay: 'never', reports: 'strict', upstream: 'b' });
  });

  it('are strict for tools without annotations if the config says so', () => {
    const rules = rulesOf({ unannotated: 'strict', tools: { known: {} } });
    expect([rules('known').isStrict, rules('unknown').isStrict]).toEqual([true, true]);
  });
});

describe('the effective kind of a tool', () => {
  const kind = (config: object, annotations?: Parameters<typeof effectiveKind>[1]) =>
    effectiveKind(rulesOf(config)('tool'), annotations);

  it('comes from the config, else from the annotations', () => {
    expect(kind({ tools: { tool: { kind: 'additive' } } }, { readOnlyHint: true })).toBe('additive');
    expect(kind({}, { readOnlyHint: true })).toBe('read-only');
    expect(kind({})).toBe('unannotated');
  });

  it('is destructive for a tool without annotations if the config is strict, and only then', () => {
    const strict = { unannotated: 'strict' };
    expect(kind(strict)).toBe('destructive');
    expect(kind({ ...strict, tools: { tool: { kind: 'unannotated' } } })).toBe('destructive');
    expect(kind(strict, { idempotentHint: true })).toBe('idempotent');
    expect(kind(strict, { destructiveHint: false })).toBe('additive');
  });
});
