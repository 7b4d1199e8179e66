import { describe, expect, it } from 'vitest';
import { outputOf } from '../../src/diagnosis/index.ts';
import { createHealer } from '../../src/index.ts';
import type { ToolAnnotations } from '../../src/model/run.ts';
import { type Channel, channels } from '../../src/model/terms.ts';
import { folderWith } from '../config/support.ts';

/** What a tool says after it has, or may have, changed something. */
const partial = [
  'created order 12 but notification failed: connection refused',
  'order 12 stored; audit log: dial tcp 10.0.0.7:443: connect: connection refused',
  'Saved 3 of 5 rows. getaddrinfo ENOTFOUND db.corp.example',
  'Invoice INV-9 sent\nError: 401 Unauthorized',
  '429 Too Many Requests after 31 messages were delivered',
  'deployment.apps/web configured\nerror: You must be logged in to the server (Unauthorized)',
  'first attempt: read timeout; second attempt: connect ECONNREFUSED 10.0.0.7:443',
  'Bestellung 12 angelegt, Versandmeldung fehlgeschlagen: Verbindung abgelehnt (ECONNREFUSED)',
  '{"error":{"code":401,"message":"token expired"},"id":"ord_12","status":"created"}',
];
const whole = [
  ['connect ECONNREFUSED 10.0.0.7:443', 'vpn_connect'],
  ['getaddrinfo ENOTFOUND db.corp.example', 'vpn_connect'],
  ['Request failed with status code 401', 'token_refresh'],
  ['Error: token expired', 'token_refresh'],
] as const;

const kinds: readonly [string, ToolAnnotations | undefined][] = [
  ['unannotated', undefined],
  ['additive', { readOnlyHint: false, destructiveHint: false }],
  ['destructive', { destructiveHint: true }],
];

/** Calls a tool that reports this once and works from then on. */
const call = async (text: string, channel: Channel, annotations?: ToolAnnotations, config: object = {}) => {
  const repaired = async (): Promise<void> => {};
  await using healer = await createHealer({
    config: { fixes: { retry_backoff: { baseMs: 0 }, wait_retry: { defaultWaitMs: 0 } }, ...config },
    memoryDir: await folderWith(),
    fixes: { vpn_connect: repaired, token_refresh: repaired, kube_login: repaired },
    env: { HEALFLOW_STATE_DIR: await folderWith() },
  });
  let calls = 0;
  const outcome = await healer.runOutcome<unknown>(
    'order_create',
    () => {
      calls += 1;
      if (calls > 1) return 'fine';
      const { value, error } = outputOf('order_create', channel, text);
      if (channel === 'exception') throw error;
      return value;
    },
    { annotations },
  );
  return { calls, outcome };
};

describe.each(channels)('a failure that a tool reports as %s', (channel) => {
  it.each(kinds)('after an effect is never a reason to call a tool that is %s again', async (_, annotations) => {
    for (const text of partial) {
      const { calls, outcome } = await call(text, channel, annotations);
      expect(calls, text).toBe(1);
      // Words in a plain result may be a healthy answer.
      if (channel !== 'result') expect(outcome.status, text).toBe('unknown');
    }
  });
});

describe.each(['isError', 'exception'] as const)('a failure that a tool reports as %s', (channel) => {
  it.each(kinds)(
    'as the whole story lets a tool that is %s be called again, unless it is destructive',
    async (kind, annotations) => {
      for (const [text, fix] of whole) {
        const { calls, outcome } = await call(text, channel, annotations);
        if (kind === 'destructive') {
          expect([calls, outcome.status], text).toEqual([1, 'unknown']);
          expect(outcome.advice, text).toContain(`${fix} succeeded`);
          expect(outcome.refusal?.code, text).toBe('REPEAT_UNSAFE');
        } else {
          expect([calls, outcome.status, outcome.advice], text).toEqual([2, 'healed', null]);
        }
      }
    },
  );
});

describe('the config', () => {
  const [text] = whole[0];
  const status = async (config: object, annotations?: ToolAnnotations) =>
    (await call(text, 'isError', annotations, config)).outcome.status;

  it('may treat tools without annotations as destructive', async () => {
    expect(await status({ unannotated: 'strict' })).toBe('unknown');
    expect(await status({ unannotated: 'strict' }, { readOnlyHint: true })).toBe('healed');
    expect(await status({ unannotated: 'strict', tools: { 'order_*': { kind: 'unannotated' } } })).toBe('unknown');
    expect(await status({ unannotated: 'strict', tools: { 'order_*': { kind: 'additive' } } })).toBe('healed');
  });

  it('may trust the reports of one tool, and distrust those of another', async () => {
    const reports = (value: string) => ({ tools: { order_create: { reports: value } } });
    expect(await status(reports('trust'), { destructiveHint: true })).toBe('healed');
    expect(await status(reports('strict'))).toBe('unknown');
  });
});
