import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type LoadedConfig, loadConfig } from '../../src/config/load.ts';
import { HealError } from '../../src/errors.ts';

/** A fresh folder with these files, removed after the test. */
export const folderWith = async (files: Readonly<Record<string, string>> = {}): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'healflow-config-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
};

/** Loads a `healflow.yaml` with this text, beside these other files. */
export const load = async (text: string, others: Readonly<Record<string, string>> = {}): Promise<LoadedConfig> =>
  loadConfig({ cwd: await folderWith({ 'healflow.yaml': text, ...others }) });

/** The code and the lines of the error that loading ends in. */
export const refusal = async (loading: Promise<unknown>): Promise<{ code: string; lines: string[] }> => {
  try {
    await loading;
  } catch (error) {
    if (error instanceof HealError) return { code: error.code, lines: error.message.split('\n') };
    throw error;
  }
  throw new Error('it was loaded');
};

/** What is wrong with a `healflow.yaml`, without the lines of the file. */
export const problemsOf = async (text: string, others: Readonly<Record<string, string>> = {}): Promise<string[]> =>
  (await refusal(load(text, others))).lines.filter((line) => !/^ +\d* ?\| ?/.test(line));
