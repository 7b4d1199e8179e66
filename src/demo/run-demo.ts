import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HealError } from '../errors.ts';
import { untilAborted } from '../platform/wait.ts';
import { Closing } from './closing.ts';
import { Interrupted, watchForInterruption } from './interruption.ts';
import { assertPeers } from './peers.ts';
import { createScreen, type Screen } from './show/screen.ts';

/** What a demo runs with. */
export interface DemoRun {
  readonly screen: Screen;
  /** A temporary folder. */
  readonly folder: string;
  readonly closing: Closing;
  /** Aborts if the demo is interrupted, or takes too long. */
  readonly signal: AbortSignal;
}

export interface RunDemoOptions {
  /** The packages that it needs, with their major versions. */
  readonly peers: Readonly<Record<string, number>>;
  /** Its time limit. */
  readonly limitMs: number;
  /** Removes what is not kept of the folder. */
  readonly removeFiles: (folder: string) => void;
}

/**
 * Runs a demo, and then closes what it has opened, even if it fails or is interrupted.
 *
 * @returns the exit code.
 */
export const runDemo = async (
  { peers, limitMs, removeFiles }: RunDemoOptions,
  play: (run: DemoRun) => Promise<number>,
): Promise<number> => {
  try {
    assertPeers(peers);
  } catch (error) {
    if (!(error instanceof HealError)) throw error;
    console.error(`healflow: ${error.message}`);
    return 1;
  }
  const closing = new Closing();
  using interruption = watchForInterruption(limitMs);
  const folder = await mkdtemp(join(tmpdir(), 'healflow-demo-'));
  const screen = createScreen(process.stdout, process.env);
  const remove = (): void => removeFiles(folder);
  closing.add(remove);
  closing.addKill(remove);
  process.once('exit', closing.killNow);
  const { signal } = interruption;
  try {
    return await untilAborted(play({ screen, folder, closing, signal }), signal);
  } catch (error) {
    const reason = signal.aborted ? signal.reason : error;
    if (screen.live) screen.line();
    console.error(`healflow: the demo did not finish: ${reason instanceof Error ? reason.message : reason}`);
    return reason instanceof Interrupted ? reason.exitCode : 1;
  } finally {
    await closing.close();
    closing.killNow();
    process.removeListener('exit', closing.killNow);
  }
};
