import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFixCatalogue, type FixCatalogueOptions, isRefusal } from '../../fixes/catalogue.ts';
import { systemClock } from '../../src/clock.ts';
import { type ConfigInput, configSchemaFor } from '../../src/config/schema.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import type { Fix, FixRequest } from '../../src/model/fix.ts';
import type { FixName } from '../../src/model/terms.ts';
import type { FixCall } from '../../src/runner/context.ts';

/** The path of a fixture program. */
export const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/fixes/${name}`, import.meta.url));

/** The argv that runs a fixture program. */
export const program = (name: string, ...args: string[]): string[] => [process.execPath, fixture(name), ...args];

export const temporaryFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'healflow-fixes-')));

export const diagnosisOf = (changes: Partial<Diagnosis> = {}): Diagnosis => ({
  failure: true,
  class: 'auth',
  subclass: null,
  pattern: 'http.401',
  fixes: [],
  evidence: '401 Unauthorized',
  summary: '401 Unauthorized',
  situation: 'unauthenticated',
  phase: 'before_effect',
  grade: 'proof',
  remainder: null,
  delivered: 'no',
  deliveredBecause: 'it was turned away',
  retryAfterMs: null,
  ...changes,
});

export const callOf = (changes: Partial<FixCall> = {}): FixCall => ({
  tool: 'k8s_get_pods',
  args: {},
  diagnosis: diagnosisOf(),
  remainingMs: 45_000,
  attempt: 1,
  ...changes,
});

export const requestOf = (changes: Partial<FixRequest> = {}): FixRequest => ({
  runId: '0123456789abcdef',
  tool: 'k8s_get_pods',
  args: {},
  diagnosis: diagnosisOf(),
  attempt: 1,
  signal: new AbortController().signal,
  remainingMs: 45_000,
  ...changes,
});

/** A catalogue of these fixes; the environment is empty but for PATH. */
export const catalogueOf = (
  fixes: NonNullable<ConfigInput['fixes']>,
  changes: Partial<Omit<FixCatalogueOptions, 'config'>> = {},
) =>
  createFixCatalogue({
    config: configSchemaFor(Object.keys(changes.functions ?? {}) as FixName[]).parse({ fixes }),
    written: fixes,
    baseDir: '/nowhere',
    clock: systemClock,
    random: () => 0.5,
    redact: (text) => text.replaceAll('dummy-secret', '[redacted]'),
    env: { PATH: process.env.PATH },
    ...changes,
  });

/** The one fix of these, or a failing test. */
export const fixOf = (
  name: FixName,
  fixes: NonNullable<ConfigInput['fixes']>,
  changes: Partial<Omit<FixCatalogueOptions, 'config'>> = {},
  call: Partial<FixCall> = {},
): Fix => {
  const found = catalogueOf(fixes, changes).select(name, callOf(call));
  if (isRefusal(found)) throw new Error(`${name} was refused: ${found.code}: ${found.reason}`);
  return found;
};
