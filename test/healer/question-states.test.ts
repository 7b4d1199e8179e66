import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createHealer, type HealerOptions } from '../../src/healer/create.ts';
import type { InternalHealer } from '../../src/healer/healer.ts';
import { FakeClock } from '../support/fake-clock.ts';

const hasQuestions = async (config: HealerOptions['config'], fixes?: HealerOptions['fixes']): Promise<boolean> => {
  const folder = mkdtempSync(join(tmpdir(), 'healflow-questions-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const healer = await createHealer({
    ...{ config: { stateDir: join(folder, 'state'), ...config }, fixes, memoryDir: folder },
  });
  onTestFinished(() => healer.close());
  return (healer as InternalHealer).questions !== undefined;
};
const login = { clusters: { test: { command: ['true'] } } };

it('has questions for clients only if a fix asks', async () => {
  expect(await hasQuestions({})).toBe(false);
  expect(await hasQuestions({ fixes: { kube_login: login, retry_backoff: false } })).toBe(false);
  expect(await hasQuestions({}, { kube_login: () => {} })).toBe(false);
  expect(await hasQuestions({}, { kube_login: { run: () => {}, mode: 'dry-run' } })).toBe(false);
  expect(await hasQuestions({ fixes: { kube_login: { ...login, mode: 'ask' } } })).toBe(true);
  expect(await hasQuestions({ fixes: { kube_login: [login, { ...login, mode: 'ask' }] } })).toBe(true);
  expect(await hasQuestions({}, { kube_login: { run: () => {}, mode: 'ask' } })).toBe(true);
});

it('has questions as soon as there is a folder of lessons, which comes with the first lesson', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'healflow-questions-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const clock = new FakeClock();
  const lessons = join(folder, 'lessons');
  const config = { stateDir: join(folder, 'state'), learn: { lessons } };
  const healer = (await createHealer({ config, memoryDir: folder, clock })) as InternalHealer;
  onTestFinished(() => healer.close());
  expect(healer.questions).toBeUndefined();
  mkdirSync(lessons);
  await clock.advance(1_000);
  expect(healer.questions).toBeDefined();
});
